/** Where the person came from: closing a card leads back to the page from which it was opened. */
let before = "";

addEventListener("hashchange", ({ oldURL }) => {
  before = new URL(oldURL).hash;
});

/** Leave a card of a page: to where it was opened from, else to the page's list. */
export function leave(page: string) {
  location.hash = before && !before.startsWith(`#/${page}/`) ? before : `#/${page}`;
}
