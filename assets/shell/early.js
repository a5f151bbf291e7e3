(function () {
  // Runs before anything else of the page, in old browsers too.
  // On a device that many use, the code of who has gone is forgotten after ten minutes without a touch.
  var touch = function (event) {
    try {
      var idle = Date.now() - sessionStorage.getItem("glas:touched") > 600000;
      sessionStorage.setItem("glas:touched", Date.now());
      if (!idle || localStorage.getItem("glas:shared") !== "1" || !sessionStorage.getItem("glas:code")) return;
      sessionStorage.removeItem("glas:code");
      // It may stand in a field, too.
      if (event) location.reload();
    } catch (_) { /* nothing is kept then */ }
  };
  // A slip's address holds its participation code behind the "#", which no server is sent. It goes into the memory of this
  // tab (assets/components/code) and leaves the address. Where Glas is open already, nothing is loaded until it has.
  var take = function (event) {
    var found = /^#((?:[0-9A-Z]{5}-){2}[0-9A-Z]{6})$/i.exec(location.hash);
    if (!found) return;
    history.replaceState(history.state, "", location.pathname + location.search);
    window.glasCode = found[1];
    try {
      sessionStorage.setItem("glas:code", found[1]);
      sessionStorage.setItem("glas:touched", Date.now());
      if (event) location.reload();
    } catch (_) { /* this page keeps it */ }
  };
  touch();
  take();
  // The first to hear of it, of two events, for others read the address.
  ["popstate", "hashchange"].forEach(function (name) { window.addEventListener(name, take, true); });
  ["pointerdown", "keydown"].forEach(function (name) { window.addEventListener(name, touch, true); });
  // A page that completes its address with the round is the same page: Back must not stop at it twice.
  var push = history.pushState;
  var bare = function (address) {
    var query = new URL(address, location.href).searchParams;
    query.delete("round");
    query.sort();
    return new URL(address, location.href).pathname + "?" + query;
  };
  var named = function (address) { return new URL(address, location.href).searchParams.has("round"); };
  history.pushState = function (state, title, address) {
    var same = address && named(address) && !named(location.href) && bare(address) === bare(location.href);
    if (same) history.replaceState(state, title, address);
    else push.call(history, state, title, address);
  };
})();
