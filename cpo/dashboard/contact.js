// A page that lost its server is grey, takes no input and says so where the state stands, until the server is back.
(() => {
  const lost = document.documentElement.dataset;
  let replaced = [];
  let disabled = [];

  function replace(selector, text) {
    for (const node of document.querySelectorAll(selector)) {
      replaced.push([node, node.innerHTML, text]);
      node.textContent = text;
    }
  }
  function lose() {
    if ('lost' in lost) return;
    lost.lost = '';
    dispatchEvent(new Event('cpo-lost')); // what is under a hand now would be sent when the server is back
    const since = cpo.clock.format(new Date(cpo.now()));
    replace('[data-testid=headline]', 'No answer from the server');
    replace('[data-testid=sentence]', `What stands here is from ${since}. This page comes back by itself.`);
    replace('.cpo-pill > span', 'No server');
    replace('.cpo-contact > :last-child', 'No server');
    disabled = [...document.querySelectorAll('.cpo-content :is(button, input):not(:disabled)')];
    for (const control of disabled) control.disabled = true;
    for (const content of document.querySelectorAll('.cpo-content')) content.inert = true;
  }
  function find() {
    if (!('lost' in lost)) return;
    delete lost.lost;
    // what the server has changed meanwhile is newer than what stood here
    for (const [node, html, text] of replaced) if (node.textContent === text) node.innerHTML = html;
    for (const control of disabled) control.disabled = false;
    for (const content of document.querySelectorAll('.cpo-content')) content.inert = false;
    replaced = disabled = [];
  }

  document.addEventListener('DOMContentLoaded', () => {
    const popup = document.getElementById('popup');
    const look = () => (popup.ariaHidden === 'false' ? lose() : find());
    new MutationObserver(look).observe(popup, { attributeFilter: ['aria-hidden'] });
  });
})();
