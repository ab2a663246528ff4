import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const SOCKET = /^socket:\[(\d+)\]$/;

const linkOf = (path: string): string => {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
};

const inodesOf = (pid: number): ReadonlySet<string> => {
  try {
    const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
    return new Set(links.flatMap((link) => SOCKET.exec(link)?.[1] ?? []));
  } catch {
    return new Set();
  }
};

/** The local TCP ports of a process (Linux): by them the sandbox's journal tells whom an answer reached. */
export const portsOf = (pid: number): readonly number[] => {
  const inodes = inodesOf(pid);
  const rows = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1);
  return rows.flatMap((row) => {
    const [, local = '', , , , , , , , inode = ''] = row.trim().split(/\s+/);
    return inodes.has(inode) ? [Number.parseInt(local.split(':')[1] ?? '', 16)] : [];
  });
};
