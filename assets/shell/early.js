(function () {
  // Runs before anything else of the page, in old browsers too.
  // A slip's address holds its participation code behind the "#", which no server is sent. It goes into the memory of this
  // tab (assets/components/code) and leaves the address.
  var found = /^#((?:[0-9A-Z]{5}-){2}[0-9A-Z]{6})$/i.exec(location.hash);
  if (found) {
    try { sessionStorage.setItem("glas:code", found[1]); } catch (_) { window.glasCode = found[1]; }
    history.replaceState(history.state, "", location.pathname + location.search);
  }
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
