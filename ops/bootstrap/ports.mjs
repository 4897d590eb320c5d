import { createHash } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

// Below the range from which kernels pick ports for outgoing connections, so a remembered port is seldom taken meanwhile.
const lowest = 15_000;
const highest = 30_000;

/** Whether a server could listen on the port, on every address and on the loopback one. */
export async function isPortFree(port) {
  for (const host of ['127.0.0.1', undefined]) {
    if (!(await canListen(port, host))) return false;
  }
  return true;
}

function canListen(port, host) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Whether something answers on the loopback port. */
export function isPortAnswering(port) {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1', timeout: 1000 });
    const settle = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once('connect', () => settle(true))
      .once('error', () => settle(false))
      .once('timeout', () => settle(false));
  });
}

/** Ports of a data folder by name: the remembered one while it is free, else a new one, remembered in `ports.json`. */
export function createPortBook(dataFolder) {
  const file = path.join(dataFolder.path, 'ports.json');
  const kept = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
  const taken = new Set();
  let picking = Promise.resolve();
  let next = lowest + (createHash('sha256').update(dataFolder.path).digest().readUInt32BE() % (highest - lowest));

  async function findFree(count) {
    for (let tries = 0; tries < highest - lowest; tries += 1) {
      next = next + count >= highest ? lowest : next + 1;
      const run = Array.from({ length: count }, (_, index) => next + index);
      const free = await Promise.all(run.map(async (port) => !taken.has(port) && (await isPortFree(port))));
      if (free.every(Boolean)) return next;
    }
    throw new Error(`No ${count} free TCP ports in a row between ${lowest} and ${highest}.`);
  }

  async function pickNext(name, { preferred, count = 1 } = {}) {
    for (const wish of [preferred, kept[name]].filter(Boolean)) {
      const run = Array.from({ length: count }, (_, index) => wish + index);
      const free = await Promise.all(run.map(async (port) => !taken.has(port) && (await isPortFree(port))));
      if (free.every(Boolean)) return remember(name, wish, count);
    }
    return remember(name, await findFree(count), count);
  }

  function remember(name, port, count) {
    for (let index = 0; index < count; index += 1) taken.add(port + index);
    kept[name] = port;
    fs.writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`);
    return port;
  }

  /** The first of `count` neighbouring free ports; `preferred` is tried before anything else. One pick after the other. */
  function pick(name, wishes) {
    const picked = picking.then(() => pickNext(name, wishes));
    picking = picked.catch(() => {});
    return picked;
  }

  return { pick };
}

/** Who listens on a port, such as `nginx (pid 812)`; undefined when the system does not tell. */
export function describePortOwner(port) {
  try {
    const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
    const inodes = new Set(
      ['/proc/net/tcp', '/proc/net/tcp6']
        .flatMap((file) => fs.readFileSync(file, 'utf8').split('\n').slice(1))
        .map((line) => line.trim().split(/\s+/))
        .filter((fields) => fields[1]?.endsWith(`:${hexPort}`) && fields[3] === '0A')
        .map((fields) => `socket:[${fields[9]}]`),
    );
    const pid = fs.readdirSync('/proc').find((name) => /^\d+$/.test(name) && holdsAny(name, inodes));
    return pid && `${fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (pid ${pid})`;
  } catch {
    return undefined;
  }
}

function holdsAny(pid, inodes) {
  try {
    return fs.readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.has(fs.readlinkSync(`/proc/${pid}/fd/${fd}`)));
  } catch {
    return false;
  }
}
