/** What the page is told as it happens. */
export type SandboxEvent =
  | Readonly<{ kind: 'message'; chatId: number; messageId: number }>
  | Readonly<{ kind: 'typing'; chatId: number }>
  | Readonly<{ kind: 'webhook' }>
  /** An update waits for the bot. */
  | Readonly<{ kind: 'queued'; lane: string }>
  /** Somebody came, or blocked or unblocked the bot: the list of chats is another. */
  | Readonly<{ kind: 'chats' }>
  /** A story began or went on. */
  | Readonly<{ kind: 'story'; id: number }>
  /** Faults were set, or one struck. */
  | Readonly<{ kind: 'faults' }>;

export type Events = ReturnType<typeof createEvents>;

/** Listeners called in order, at once; one that throws must not keep the others from hearing. */
export const createEvents = ({ onError }: { onError: (error: unknown) => void }) => {
  const listeners = new Set<(event: SandboxEvent) => void>();
  const publish = (event: SandboxEvent): void => {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        onError(error);
      }
    }
  };
  const subscribe = (listener: (event: SandboxEvent) => void): (() => void) => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  };
  return { publish, subscribe };
};
