// Runs before the first paint. The server sends points in time; the browser writes them in its own zone and counts,
// by the server's clock: the browser's own may be wrong, and is set while the page is open.
const cpo = (() => {
  const UNIT_SPACE = '\u00a0';
  const KEY = 'cpo-theme';
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
  const clockWithSeconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const dateAndYear = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
  const date = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });

  let ahead = 0; // milliseconds of the server's clock before the time since this page was opened
  function setClock(serverNow) {
    ahead = serverNow - performance.now();
    if (document.body) tick();
  }
  function now() {
    return performance.now() + ahead;
  }

  function theme() {
    try { return localStorage.getItem(KEY) || 'auto'; } catch { return 'auto'; }
  }
  function rememberTheme(choice) {
    try { localStorage.setItem(KEY, choice); } catch { /* a private window: it holds for this page */ }
    applyTheme(choice);
  }
  function applyTheme(choice = theme()) {
    const isDark = choice === 'auto' ? dark.matches : choice === 'dark';
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  }

  function duration(seconds) {
    const s = Math.max(0, Math.floor(seconds));
    const [minutes, hours, days] = [Math.floor(s / 60), Math.floor(s / 3600), Math.floor(s / 86400)];
    if (days) return `${days}${UNIT_SPACE}d ${hours % 24}${UNIT_SPACE}h`;
    if (hours) return `${hours}${UNIT_SPACE}h ${String(minutes % 60).padStart(2, '0')}${UNIT_SPACE}min`;
    return minutes ? `${minutes}${UNIT_SPACE}min` : `${s}${UNIT_SPACE}s`;
  }
  function dateOf(at, now) {
    return (at.getFullYear() === now.getFullYear() ? date : dateAndYear).format(at).replace(',', '');
  }
  function dateUnlessToday(at, now) {
    return at.toDateString() === now.toDateString() ? '' : `${dateOf(at, now)} `;
  }
  function day(at, now) {
    const midnight = (d) => new Date(d.getFullYear(), d.getMonth(), d.getDate());
    const days = Math.round((midnight(now) - midnight(at)) / 86400000);
    return ['Today', 'Yesterday'][days] || dateOf(at, now);
  }
  const formats = {
    time: (at) => clock.format(at),
    second: (at) => clockWithSeconds.format(at),
    moment: (at, now) => dateUnlessToday(at, now) + clock.format(at),
    exact: (at, now) => dateUnlessToday(at, now) + clockWithSeconds.format(at),
    since: (at, now) => duration((now - at) / 1000),
    until: (at, now) => duration(Math.ceil((at - now) / 1000)),
    age(at, now) {
      const seconds = (now - at) / 1000;
      if (seconds < 3) return 'now';
      return seconds < 3600 ? `${duration(seconds)} ago` : `at ${formats.moment(at, now)}`;
    },
    day,
  };

  // `14:21` today, `Fri 12 Jun 14:21` on another day, with its year in another one
  function moment(at) {
    return formats.moment(new Date(at), new Date(now()));
  }

  // a text node is changed in place: readers of live regions are told of new words, not of every second
  function write(node, text) {
    if (!node.firstChild) node.append(text);
    else if (node.firstChild.data !== text) node.firstChild.data = text;
  }
  function tick(root = document) {
    const time = new Date(now());
    for (const node of root.querySelectorAll('time.cpo-time')) {
      const at = new Date(node.dateTime);
      if (!isNaN(at)) write(node, formats[node.dataset.format](at, time));
    }
    for (const node of root.querySelectorAll('.cpo-clock')) write(node, clock.format(time));
    for (const bar of root.querySelectorAll('.cpo-countdown')) run(bar, time);
  }
  // fills until the time it waits for; ten seconds are its whole length
  function run(bar, now) {
    if (bar.cpoUntil === bar.dataset.until) return;
    bar.cpoUntil = bar.dataset.until;
    bar.cpoRunning?.cancel();
    const left = new Date(bar.dataset.until) - now;
    if (!(left > 0)) return;
    const begun = `${Math.max(0, 100 - left / 100)}%`;
    bar.cpoRunning = bar.animate(
      [{ '--done': begun }, { '--done': '100%' }], { duration: left, fill: 'forwards' },
    );
  }

  function say(headline, sentence) {
    const [first, second] = document.querySelectorAll('#popup span');
    first.textContent = headline;
    second.textContent = sentence;
  }
  // the answer to a POST says why a live connection is refused: it carries the same Origin
  let missed = 0;
  async function explain() {
    missed = window.socket?.connected ? 0 : missed + 1;
    if (!missed) return;
    try {
      const answer = await fetch(location.pathname, { method: 'POST' });
      if (answer.status === 401) location.reload(); // to the page on which people sign in
      else if (answer.status === 403) say('The server refuses this page.', (await answer.json()).detail);
      else if (missed < 4) return;
      else say('The server answers, but this page stays as it is.', 'A proxy in between has to pass on websockets.');
    } catch { say('No contact with the server.', 'Trying again.'); }
    if (!window.socket?.connected) document.getElementById('popup').ariaHidden = false;
  }

  let prefix = ''; // what a proxy has before this server's paths
  function setPrefix(text) {
    prefix = text;
  }
  // a path of this server as this browser reaches it
  function url(path) {
    return prefix + path;
  }

  // changes something by REST; throws an Error with the sentence of a refusal, and shows the page to sign in on
  async function change(method, path, body) {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(url(path), { method, headers, body: body && JSON.stringify(body) });
    if (response.status === 401) location.reload();
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.detail);
    return answer;
  }

  function start() {
    say('No contact with the server.', 'Trying again.');
    setInterval(explain, 4000);
    new MutationObserver(() => tick()).observe(document.body, {
      childList: true, subtree: true, attributes: true, attributeFilter: ['datetime', 'data-until'],
    });
    setInterval(tick, 1000);
    tick();
  }

  dark.addEventListener('change', () => applyTheme());
  applyTheme();
  document.addEventListener('DOMContentLoaded', start);
  return { theme, rememberTheme, clock, duration, moment, setClock, setPrefix, now, url, change };
})();
