const readJson = async (response) => {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? `ответ ${response.status}`);
  return body;
};
const read = async (path) => readJson(await fetch(path));
const send = async (method, path, body) => readJson(await fetch(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }));

export const fetchState = () => read('/sandbox/state');
export const fetchMessages = (chatId, after = 0) => read(`/sandbox/chats/${chatId}/messages?after=${after}`);
export const fetchStories = () => read('/sandbox/stories');
export const fetchFaults = () => read('/sandbox/faults');

/** `message` is a body of the script API: a text, a photo, an album or a voice message. */
export const postMessage = (chatId, message) => send('POST', `/sandbox/chats/${chatId}/messages`, message);
export const postBlocked = (chatId, blocked) => send('POST', `/sandbox/chats/${chatId}/bot`, { blocked });
export const postPerson = (name) => send('POST', '/sandbox/people', name === '' ? {} : { name });
export const putFaults = (faults) => send('PUT', '/sandbox/faults', faults);

const RECONNECT_MS = 2000;

/** Live events, each to the handler of its name; `open` is called after every (re)connect, because what happened meanwhile is not repeated. */
export const listen = ({ open, lost, ...handlers }) => {
  const source = new EventSource('/sandbox/events');
  source.addEventListener('open', open);
  for (const [name, handle] of Object.entries(handlers)) source.addEventListener(name, (event) => handle(JSON.parse(event.data)));
  source.addEventListener('error', () => {
    lost();
    // A refused stream is closed for good by the browser; only we can open a new one.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen({ open, lost, ...handlers }), RECONNECT_MS);
  });
};
