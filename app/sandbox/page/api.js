const readJson = async (response) => {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? `ответ ${response.status}`);
  return body;
};

export const fetchState = async () => readJson(await fetch('/sandbox/state'));
export const fetchMessages = async (chatId) => readJson(await fetch(`/sandbox/chats/${chatId}/messages`));

export const sendText = async (chatId, text) =>
  readJson(
    await fetch(`/sandbox/chats/${chatId}/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text }) }),
  );

const RECONNECT_MS = 2000;

/** Live events; `onOpen` is called after every (re)connect, because what happened meanwhile is not repeated. */
export const listen = ({ onOpen, onLost, onMessage, onTyping }) => {
  const source = new EventSource('/sandbox/events');
  source.addEventListener('open', onOpen);
  source.addEventListener('message', (event) => onMessage(JSON.parse(event.data)));
  source.addEventListener('typing', (event) => onTyping(JSON.parse(event.data)));
  source.addEventListener('error', () => {
    onLost();
    // A refused stream is closed for good by the browser; only we can open a new one.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen({ onOpen, onLost, onMessage, onTyping }), RECONNECT_MS);
  });
};
