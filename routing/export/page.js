// Pan, zoom, and the tie between map and list. The page can be read without it.
"use strict";
(() => {
  const map = document.getElementById("map");
  const [, , width, height] = map.getAttribute("viewBox").split(" ").map(Number);
  const unitsPerM = Number(map.dataset.unitsPerM);
  const pins = [...map.querySelectorAll(".pin")];
  const apart = pins.filter((pin) => pin.classList.contains("apart"));
  const view = { x: 0, y: 0, w: width, h: height };

  const pixels = () => Math.min(map.clientWidth / view.w, map.clientHeight / view.h);

  function show() {
    map.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${view.h}`);
    map.style.setProperty("--k", 1 / pixels());
    spread();
    measure();
  }

  // Marks that would cover each other move apart; a thin line leads each back to its door.
  function spread() {
    const k = 1 / pixels(), least = 23 * k;
    const at = apart.map((pin) => [Number(pin.dataset.x), Number(pin.dataset.y)]);
    for (let round = 0; round < 60; round++) {
      let moved = false;
      for (let a = 0; a < at.length; a++)
        for (let b = a + 1; b < at.length; b++) {
          let dx = at[b][0] - at[a][0], dy = at[b][1] - at[a][1], far = Math.hypot(dx, dy);
          if (far >= least) continue;
          if (far < 1e-6) { dx = Math.cos(b); dy = Math.sin(b); far = 1; }
          const push = (least - Math.min(far, least)) / 2 + k / 10;
          at[a][0] -= (dx / far) * push; at[a][1] -= (dy / far) * push;
          at[b][0] += (dx / far) * push; at[b][1] += (dy / far) * push;
          moved = true;
        }
      if (!moved) break;
    }
    apart.forEach((pin, n) => {
      const [x, y] = at[n], home = [Number(pin.dataset.x), Number(pin.dataset.y)];
      pin.setAttribute("transform", `translate(${x} ${y})`);
      let leader = pin.previousElementSibling;
      if (!leader || !leader.classList.contains("leader")) {
        leader = document.createElementNS("http://www.w3.org/2000/svg", "path");
        leader.setAttribute("class", "leader");
        pin.before(leader);
      }
      leader.setAttribute("d", `M${home[0]} ${home[1]}L${x} ${y}`);
    });
  }

  function measure() {
    const box = document.querySelector(".scale"), perM = unitsPerM * pixels();
    let metres = 10 ** Math.floor(Math.log10(140 / perM));
    for (const times of [5, 2]) if (metres * times * perM <= 140) { metres *= times; break; }
    box.style.width = `${metres * perM}px`;
    box.firstElementChild.textContent = metres < 1000 ? `${metres} m` : `${metres / 1000} km`;
  }

  function zoom(factor, x, y) {
    const w = Math.min(width * 4, Math.max(width / 400, view.w * factor)), real = w / view.w;
    view.x = x - (x - view.x) * real; view.y = y - (y - view.y) * real;
    view.w = w; view.h *= real;
    show();
  }

  function spot(event) {
    const matrix = map.getScreenCTM().inverse();
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
  }

  map.addEventListener("wheel", (event) => {
    event.preventDefault();
    const at = spot(event);
    zoom(Math.exp(Math.sign(event.deltaY) * 0.2), at.x, at.y);
  }, { passive: false });

  // One finger or the mouse moves the map, two fingers zoom it.
  const fingers = new Map();
  let dragged = 0;
  map.addEventListener("pointerdown", (event) => { fingers.set(event.pointerId, event); if (fingers.size === 1) dragged = 0; });
  map.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const others = [...fingers.values()].filter((each) => each.pointerId !== event.pointerId);
    const k = 1 / pixels();
    if (others.length) {
      const far = (each) => Math.hypot(each.clientX - others[0].clientX, each.clientY - others[0].clientY) || 1;
      const at = spot(others[0]);
      zoom(far(before) / far(event), at.x, at.y);
    } else {
      const dx = event.clientX - before.clientX, dy = event.clientY - before.clientY;
      dragged += Math.abs(dx) + Math.abs(dy);
      if (dragged > 5 && !map.hasPointerCapture(event.pointerId)) map.setPointerCapture(event.pointerId);
      view.x -= dx * k; view.y -= dy * k;
      show();
    }
    fingers.set(event.pointerId, event);
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"])
    map.addEventListener(name, (event) => fingers.delete(event.pointerId));

  // A pin leads to its line of the list, a line to its pin.
  function mark(to) {
    document.querySelectorAll(".here").forEach((each) => each.classList.remove("here"));
    const line = document.getElementById(to), pin = map.querySelector(`[data-to="${to}"]`);
    if (line) line.classList.add("here");
    if (pin) pin.classList.add("here");
    return [line, pin];
  }
  map.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    if (dragged > 5) return;
    const [line] = mark(link.dataset.to);
    if (line) { line.scrollIntoView({ block: "center", behavior: "smooth" }); line.focus({ preventScroll: true }); }
  });
  document.querySelectorAll(".list li[id]").forEach((line) => line.addEventListener("click", () => {
    const [, pin] = mark(line.id), at = pin && pin.querySelector(".pin").dataset;
    if (!at) return;
    view.x = Number(at.x) - view.w / 2; view.y = Number(at.y) - view.h / 2;
    show();
  }));

  const tools = document.querySelector(".tools");
  tools.addEventListener("click", (event) => {
    const how = event.target.dataset.zoom;
    if (how === "all") { Object.assign(view, { x: 0, y: 0, w: width, h: height }); show(); }
    else if (how) zoom(how === "in" ? 0.6 : 1 / 0.6, view.x + view.w / 2, view.y + view.h / 2);
  });
  tools.hidden = document.querySelector(".scale").hidden = false;
  new ResizeObserver(show).observe(map);
  show();
})();
