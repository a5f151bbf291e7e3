// The way back. Whatever covers the page – the menu of a phone, a sheet, a popover – is an entry of the history, so that
// the phone's Back closes it and leaves the page alone. `glasSheet` is for every component.
const covers = []; // the functions that take each away, the topmost last
let stepping = -1_500; // when we went back ourselves: the browser tells of it a moment later

const covered = () => history.state?.glas === "cover";
const stepBack = () => { stepping = performance.now(); history.back(); };

const glasSheet = window.glasSheet ??= {
  // Note that something has come over the page; `close` takes it away.
  open(close) {
    if (covers.includes(close)) return;
    covers.push(close);
    history.pushState({ glas: "cover" }, "", location.href);
  },
  // Note that it has gone by itself. Where the page has written another address meanwhile, that one stays.
  closed(close) {
    if (!covers.includes(close)) return;
    covers.splice(covers.indexOf(close), 1);
    if (covered()) stepBack();
  },
  // Forget all, for the page is left; return whether their entry is there to be taken over.
  left() { return covers.splice(0).length > 0 && covered(); },
};

if (!window.glasBack) {
  window.glasBack = true;
  addEventListener("popstate", (event) => {
    // Our own links tell of a page change by such an event, too.
    if (!event.isTrusted) return;
    const own = performance.now() - stepping < 1_500, close = own ? null : covers.pop();
    stepping = -1_500;
    close?.();
    // The page beneath is the same one, so nobody else needs to hear of it.
    if (own || (close && !covered())) event.stopImmediatePropagation();
  }, true);
  // A page that is loaded anew begins uncovered.
  if (covered()) stepBack();
}

// Streamlit's popovers, which know nothing of this.
let popover = null;
function coverByPopover() {
  const there = document.querySelector('[data-testid="stPopoverBody"]');
  if (there && !popover) {
    popover = () => document.querySelector('[data-testid="stPopover"] button[aria-expanded="true"]')?.click();
    glasSheet.open(popover);
  } else if (!there && popover) {
    const gone = popover;
    popover = null;
    glasSheet.closed(gone);
  }
}
