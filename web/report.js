/* Values on hover, touch and keyboard: every mark of a chart carries its figures as a title, which
 * stays readable without this script. */
(function () {
  "use strict";
  var hint = document.createElement("div");
  hint.id = "hint";
  hint.hidden = true;
  hint.setAttribute("aria-hidden", "true"); /* the titles say the same to a screen reader */
  document.body.appendChild(hint);

  function titleOf(mark) {
    var first = mark.firstElementChild;
    return first && first.tagName.toLowerCase() === "title" ? first : null;
  }

  /* The smallest group with a title around an element of a chart. */
  function markOf(element) {
    for (var at = element; at && at.tagName && at.tagName.toLowerCase() !== "svg"; at = at.parentNode)
      if (at.tagName.toLowerCase() === "g" && (at.dataset.says || titleOf(at))) return at;
    return null;
  }

  /* The words move from the title into the data of the mark while this script shows them, so that
   * the browser does not show them a second time. */
  function wordsOf(mark) {
    var title = titleOf(mark);
    if (title && !mark.dataset.says) mark.dataset.says = title.textContent;
    return mark.dataset.says;
  }

  function place(x, y) {
    var room = document.documentElement.clientWidth;
    var left = x + 14;
    if (left + hint.offsetWidth > window.scrollX + room - 8) left = x - hint.offsetWidth - 14;
    hint.style.left = Math.max(window.scrollX + 4, left) + "px";
    hint.style.top = Math.max(window.scrollY + 4, y - hint.offsetHeight - 10) + "px";
  }

  function show(mark, x, y) {
    hint.textContent = wordsOf(mark);
    hint.hidden = false;
    place(x, y);
  }

  function hide() {
    hint.hidden = true;
  }

  /* The mark nearest to the pointer within a chart, at most 24 pixels away. */
  function nearest(svg, x, y) {
    var best = null;
    var least = 24;
    svg.querySelectorAll("g").forEach(function (mark) {
      if (!wordsOf(mark) || mark.querySelector("g")) return;
      var box = mark.getBoundingClientRect();
      var dx = Math.max(box.left - x, 0, x - box.right);
      var dy = Math.max(box.top - y, 0, y - box.bottom);
      var away = Math.sqrt(dx * dx + dy * dy);
      if (away < least) {
        least = away;
        best = mark;
      }
    });
    return best;
  }

  document.querySelectorAll("figure svg").forEach(function (svg) {
    svg.addEventListener("pointermove", function (event) {
      var mark = nearest(svg, event.clientX, event.clientY);
      if (mark) show(mark, event.pageX, event.pageY);
      else hide();
    });
    svg.addEventListener("pointerdown", function (event) {
      var mark = nearest(svg, event.clientX, event.clientY) || markOf(event.target);
      if (mark) show(mark, event.pageX, event.pageY);
    });
    svg.addEventListener("pointerleave", hide);
  });

  /* With the keyboard: a chart takes the focus, the arrows go from mark to mark. */
  document.querySelectorAll("figure").forEach(function (figure) {
    var marks = [].filter.call(figure.querySelectorAll("svg g"), function (mark) {
      return wordsOf(mark) && !mark.querySelector("g");
    });
    var at = -1;
    if (!marks.length) return;
    figure.tabIndex = 0;
    figure.addEventListener("keydown", function (event) {
      var step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
      if (event.key === "Escape") hide();
      if (!step) return;
      event.preventDefault();
      at = (at + step + marks.length) % marks.length;
      var box = marks[at].getBoundingClientRect();
      show(marks[at], box.left + box.width / 2 + window.scrollX, box.top + window.scrollY);
    });
    figure.addEventListener("blur", hide);
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") hide();
  });
})();
