export type Written = Readonly<{ update_id: number; message_id?: number }>;
export type FaultsView = Readonly<{ totals: Readonly<{ telegram: Readonly<Record<string, number>>; model: Readonly<Record<string, number>> }> }>;

/** The sandbox's script API. */
export const createSandboxClient = ({ base, token }: { base: string; token: string }) => {
  const call = async <T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<T> => {
    const headers = { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) };
    const response = await fetch(`${base}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  return {
    write: (chatId: number, body: object): Promise<Written> => call('POST', `/sandbox/chats/${chatId}/messages`, body),
    state: (): Promise<{ pending: number }> => call('GET', '/sandbox/state'),
    faults: (): Promise<FaultsView> => call('GET', '/sandbox/faults'),
    setFaults: (faults: object): Promise<FaultsView> => call('PUT', '/sandbox/faults', faults),
  };
};

export type SandboxClient = ReturnType<typeof createSandboxClient>;
