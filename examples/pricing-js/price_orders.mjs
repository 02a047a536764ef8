// Price many orders: one JSON document a line on standard input, {"book", "orders": [{"buyer", "lines"}]}; one result a line.
import { createInterface } from "node:readline";
import { priceOrder } from "./pricing.mjs";

for await (const text of createInterface({ input: process.stdin })) {
  if (!text.trim()) continue;
  const { book, orders } = JSON.parse(text);
  for (const { buyer, lines } of orders) console.log(JSON.stringify(priceOrder(book, buyer, lines)));
}
