// Prices an order from a price book, as docs/pricing.md says: a client of its own, that shares no code with the server.
// All money is in whole minor units. Products of amounts and shares may pass 2^53, so that the sums are made with BigInt.

const BASIS = 10000n;
const big = (number) => BigInt(number ?? 0);
const sum = (numbers) => numbers.reduce((total, each) => total + each, 0n);
const halfUp = (number, divisor) => (2n * number + divisor) / (2n * divisor);
const lower = (first, second) => (first < second ? first : second);
const compare = (first, second) => (first < second ? -1 : first > second ? 1 : 0);

/** Share a total out by weights, to the cent: the largest remainders get what is left, of equals the first. */
export function apportion(total, weights) {
  const whole = sum(weights);
  if (whole === 0n) return weights.map(() => 0n);
  const shares = weights.map((weight) => (total * weight) / whole);
  const remainders = weights.map((weight, at) => ({ at, left: (total * weight) % whole }));
  remainders.sort((first, second) => compare(second.left, first.left) || first.at - second.at);
  const missing = Number(total - sum(shares));
  for (const { at } of remainders.slice(0, missing)) shares[at] += 1n;
  return shares;
}

const holds = (each, day) => (each.from ?? "") <= day && day <= (each.until ?? "9999");

function unitPrice(book, buyer, productId, pieces) {
  const agreed = (buyer.terms?.contracts ?? [])
    .filter((each) => each.product_id === productId && holds(each, buyer.day) && big(each.min ?? 1) <= pieces)
    .sort((a, b) => (b.min ?? 1) - (a.min ?? 1) || compare(b.from ?? "", a.from ?? "") || compare(a.reference, b.reference));
  if (agreed.length > 0) return { minor: big(agreed[0].price_minor), per: big(agreed[0].per ?? 1), codes: ["contract"], contract: true };
  const item = book.products[productId];
  const price = { minor: big(item.price_minor), per: 1n, codes: ["list"], contract: false };
  const own = item.tier_prices?.[buyer.tier];
  const discount = buyer.tier === null ? 0 : (book.tier_discounts[buyer.tier] ?? 0);
  if (buyer.tier !== null && own !== undefined) {
    price.minor = big(own);
    price.codes.push("tier_price");
  } else if (discount) {
    price.minor = halfUp(price.minor * (BASIS - big(discount)), BASIS);
    price.codes.push("tier_discount");
  }
  let best = null;
  for (const each of item.breaks ?? []) {
    if (big(each.min) > pieces || ![null, undefined, buyer.tier].includes(each.tier)) continue;
    const offered =
      each.price_minor === undefined || each.price_minor === null
        ? { minor: halfUp(price.minor * (BASIS - big(each.discount_bp)), BASIS), per: price.per }
        : { minor: big(each.price_minor), per: big(each.per ?? 1) };
    const before = best ?? price;
    if (offered.minor * before.per < before.minor * offered.per) best = offered;
  }
  return best === null ? price : { ...price, ...best, codes: [...price.codes, "break"] };
}

function isOpen(promotion, work) {
  const wanted = promotion.products ?? null;
  const meant =
    wanted === null ||
    (wanted.ids ?? []).includes(work.productId) ||
    (wanted.categories ?? []).includes(work.item.category) ||
    (wanted.brands ?? []).includes(work.item.brand);
  return (
    meant &&
    !work.closed &&
    ((promotion.combinable ?? true) || !work.touched) &&
    !work.groups.has(promotion.group ?? null) &&
    ((promotion.on_contracts ?? false) || !work.contract)
  );
}

function touch(promotion, work) {
  work.touched = true;
  if (!(promotion.combinable ?? true)) work.closed = true;
  if (promotion.group) work.groups.add(promotion.group);
}

function byProduct(works) {
  const heaps = new Map();
  for (const work of works) heaps.set(work.productId, [...(heaps.get(work.productId) ?? []), work]);
  return heaps;
}

const amountOf = (works) => sum(works.map((work) => work.amount));
const piecesOf = (works) => sum(works.map((work) => work.pieces));

/** What each kind of promotion takes off: a Map from line to amount. */
const EFFECTS = {
  percent(promotion, works) {
    const reached = piecesOf(works) >= big(promotion.min_quantity ?? 1) && amountOf(works) >= big(promotion.min_amount_minor);
    return new Map(reached ? works.map((work) => [work, halfUp(work.amount * big(promotion.discount_bp), BASIS)]) : []);
  },
  amount(promotion, works) {
    const off = new Map();
    if (piecesOf(works) < big(promotion.min_quantity ?? 1)) return off;
    for (const heap of byProduct(works).values()) {
      const times = piecesOf(heap) / big(promotion.per ?? 1);
      const wanted = lower(times * big(promotion.off_minor), amountOf(heap));
      const shares = apportion(wanted, heap.map((work) => work.amount));
      heap.forEach((work, at) => off.set(work, shares[at]));
    }
    return off;
  },
  bundle(promotion, works) {
    const heaps = byProduct(works);
    const parts = promotion.parts.map((part) => ({ heap: heaps.get(part.product_id) ?? [], quantity: big(part.quantity) }));
    let sets = parts.map((part) => piecesOf(part.heap) / part.quantity).reduce(lower);
    if (promotion.most) sets = lower(sets, big(promotion.most));
    const off = new Map();
    if (sets === 0n) return off;
    const worth = parts.map((part) => halfUp(amountOf(part.heap) * part.quantity * sets, piecesOf(part.heap)));
    let wanted = 0n;
    if (promotion.price_minor === undefined || promotion.price_minor === null) wanted = halfUp(sum(worth) * big(promotion.discount_bp), BASIS);
    else if (sum(worth) > sets * big(promotion.price_minor)) wanted = sum(worth) - sets * big(promotion.price_minor);
    apportion(wanted, worth).forEach((share, number) => {
      const heap = parts[number].heap;
      const cuts = apportion(share, heap.map((work) => work.amount));
      heap.forEach((work, at) => off.set(work, cuts[at]));
    });
    return off;
  },
  threshold(promotion, works) {
    const whole = amountOf(works);
    const [step] = promotion.steps.filter((each) => big(each.min_amount_minor) <= whole).sort((a, b) => b.min_amount_minor - a.min_amount_minor);
    if (step === undefined) return new Map();
    const wanted = step.discount_bp === undefined ? lower(big(step.off_minor), whole) : halfUp(whole * big(step.discount_bp), BASIS);
    const shares = apportion(wanted, works.map((work) => work.amount));
    return new Map(works.map((work, at) => [work, shares[at]]));
  },
};

function takeOff(promotion, works, code) {
  const open = works.filter((work) => isOpen(promotion, work));
  if (open.length === 0) return;
  for (const [work, off] of EFFECTS[promotion.kind](promotion, open)) {
    if (off === 0n) continue;
    work.amount -= off;
    work.codes.push(code);
    touch(promotion, work);
  }
}

function given(promotion, works) {
  const open = works.filter((work) => isOpen(promotion, work));
  const own = promotion.product_id ?? null;
  const heaps = own === null ? byProduct(open) : new Map([[own, open]]);
  const found = [];
  for (const productId of [...heaps.keys()].sort()) {
    let times = piecesOf(heaps.get(productId)) / big(promotion.buy);
    if (promotion.most) times = lower(times, big(promotion.most));
    if (times === 0n) continue;
    heaps.get(productId).forEach((work) => touch(promotion, work));
    const because = heaps.get(productId).map((work) => work.line).sort((a, b) => a - b);
    found.push({ promotion: promotion.code, productId, pieces: times * big(promotion.give), because });
  }
  return found;
}

function taxed(book, works) {
  const classes = new Map();
  for (const work of works) if (work.item.tax_class) classes.set(work.item.tax_class, [...(classes.get(work.item.tax_class) ?? []), work]);
  const taxes = [];
  for (const name of [...classes.keys()].sort()) {
    const rate = big(book.tax_rates[name]);
    const amounts = classes.get(name).map((work) => work.amount);
    const tax = halfUp(sum(amounts) * rate, book.tax_included ? BASIS + rate : BASIS);
    apportion(tax, amounts).forEach((share, at) => {
      classes.get(name)[at].tax = share;
      classes.get(name)[at].codes.push("tax");
    });
    taxes.push({ tax_class: name, base_minor: Number(sum(amounts) - (book.tax_included ? tax : 0n)), tax_minor: Number(tax) });
  }
  return taxes;
}

function canonical(first, second) {
  return (
    compare(first.product_id, second.product_id) ||
    compare(first.unit ?? "each", second.unit ?? "each") ||
    first.quantity - second.quantity ||
    (first.discount_bp ?? 0) - (second.discount_bp ?? 0) ||
    first.line - second.line
  );
}

/** Start a line: how many pieces it is, and what they cost before anything is promoted. */
function begun(book, buyer, lines) {
  const works = [...lines].sort(canonical).map((line) => {
    const item = book.products[line.product_id];
    const pieces = big(line.quantity) * big(item.units[line.unit ?? "each"]);
    return { line: line.line, productId: line.product_id, item, pieces, tax: 0n, byHand: big(line.discount_bp), groups: new Set() };
  });
  for (const heap of byProduct(works).values()) {
    const price = unitPrice(book, buyer, heap[0].productId, piecesOf(heap));
    for (const work of heap) {
      work.amount = halfUp(work.pieces * price.minor, price.per);
      work.goods = work.amount;
      work.contract = price.contract;
      work.codes = [...price.codes, "goods"];
    }
  }
  return works;
}

const freeLine = (each, line) => ({ line, product_id: each.productId, pieces: Number(each.pieces), amount_minor: 0, tax_minor: 0, codes: ["list", "free"], promotion: each.promotion, because_of: each.because });

const paidLine = (work, included) => ({
  line: work.line,
  product_id: work.productId,
  pieces: Number(work.pieces),
  amount_minor: Number(work.amount + (included ? 0n : work.tax)),
  tax_minor: Number(work.tax),
  codes: work.codes,
  promotion: null,
  because_of: [],
});

/** Price an order: `book` and `buyer.terms` are the documents, `buyer` has customer_id, tier, day and terms (or null). */
export function priceOrder(book, buyer, lines) {
  const works = begun(book, buyer, lines);
  const promotions = book.promotions
    .filter((each) => holds(each, buyer.day))
    .filter((each) => (each.tiers ?? null) === null || each.tiers.includes(buyer.tier))
    .filter((each) => (each.customers ?? null) === null || each.customers.includes(buyer.customer_id))
    .sort((a, b) => (a.priority ?? 100) - (b.priority ?? 100) || compare(a.code, b.code));
  promotions.filter((each) => ["percent", "amount", "bundle"].includes(each.kind)).forEach((each) => takeOff(each, works, "promotion"));
  const free = promotions.filter((each) => each.kind === "free_goods").flatMap((each) => given(each, works));
  for (const work of works) {
    const off = halfUp(work.amount * work.byHand, BASIS);
    if (off > 0n) work.codes.push("by_hand");
    work.amount -= off;
  }
  promotions.filter((each) => each.kind === "threshold").forEach((each) => takeOff(each, works, "order_promotion"));
  const taxes = taxed(book, works);
  const paid = works.map((work) => paidLine(work, book.tax_included)).sort((a, b) => a.line - b.line);
  let last = Math.max(...paid.map((each) => each.line));
  const gifts = free.filter((each) => each.productId in book.products).map((each) => freeLine(each, ++last));
  const total = sum(paid.map((each) => BigInt(each.amount_minor)));
  const step = big(book.step_minor);
  return { lines: [...paid, ...gifts], taxes, total_minor: Number(total), payable_minor: Number(halfUp(total, step) * step) };
}
