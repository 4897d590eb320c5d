import { createSocket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

const TYPES: Record<number, 'A' | 'TXT' | 'AAAA'> = { 1: 'A', 16: 'TXT', 28: 'AAAA' };

/** What a name has at this moment; a function may answer differently each time. */
export type Zone = Record<string, string[] | (() => string[])>;

/**
 * A name server on a UDP port of this machine (RFC 1035), for tests of what names may do to us. `zone` maps `name` to addresses and
 * `name TXT` to texts; it may be changed while the server runs.
 */
export async function startDnsDouble(zone: Zone = {}, port = 0) {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const { name, type, end } = readQuestion(query);
    asked.push(`${name} ${type ?? '?'}`);
    const entry = zone[type === 'TXT' ? `${name} TXT` : name];
    const values = (typeof entry === 'function' ? entry() : (entry ?? [])).filter(
      (value) => type === 'TXT' || (type === 'A') === isIPv4(value),
    );
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(entry === undefined ? 0x8183 : 0x8180, 2);
    header.writeUInt16BE(values.length, 6);
    header.writeUInt32BE(0, 8);
    socket.send(
      Buffer.concat([header, query.subarray(12, end), ...values.map((value) => record(value, type))]),
      peer.port,
    );
  });
  await new Promise<void>((ready) => void socket.bind(port, '127.0.0.1', ready));
  return {
    /** For `DNS_SERVERS`. */
    address: `127.0.0.1:${socket.address().port}`,
    zone,
    asked,
    close: () => new Promise<void>((closed) => void socket.close(() => closed())),
  };
}

export type DnsDouble = Awaited<ReturnType<typeof startDnsDouble>>;

function readQuestion(query: Buffer): { name: string; type: 'A' | 'TXT' | 'AAAA' | undefined; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: TYPES[query.readUInt16BE(at + 1)], end: at + 5 };
}

function record(value: string, type: 'A' | 'TXT' | 'AAAA' | undefined): Buffer {
  const body =
    type === 'TXT'
      ? Buffer.concat([Buffer.from([value.length]), Buffer.from(value)])
      : Buffer.from(ipaddr.parse(value).toByteArray());
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type === 'TXT' ? 16 : type === 'A' ? 1 : 28, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(body.length, 10);
  return Buffer.concat([head, body]);
}
