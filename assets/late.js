// Says what to do when the page does not come: a network that blocks it, a browser that is too old, a script that broke.
// For browsers of any age, so in old words.
(function () {
  var note = document.querySelector(".g-late"), SOON = 6000, OFTEN = 500, begun = Date.now();
  // Since the page was asked for, where the browser tells.
  function waited() { return window.performance && performance.now ? performance.now() : Date.now() - begun; }
  function there() { return document.querySelector(".st-key-glas-page"); }
  var looking = setInterval(function () {
    if (there()) { note.hidden = true; clearInterval(looking); }
    else if (waited() > SOON) note.hidden = false;
  }, OFTEN);
})();
