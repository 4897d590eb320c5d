import { pino, type DestinationStream as LogDestination, type Logger } from 'pino';
import { maskAddresses } from './mask-addresses.ts';

export type { LogDestination, Logger };

const SECRET_PATHS = [
  'password',
  '*.password',
  'token',
  '*.token',
  'secret',
  '*.secret',
  'authorization',
  '*.authorization',
  'cookie',
  '*.cookie',
  'headers.authorization',
  'headers.cookie',
  'req.headers.authorization',
  'req.headers.cookie',
  'clientSecret',
  '*.clientSecret',
  'email',
  '*.email',
  'bornOn',
  '*.bornOn',
  'phone',
  '*.phone',
];

/** JSON logs with ECS field names; secrets and personal data are masked by path. */
/** @param options.destination where lines go; standard output when left out */
export function createLogger(options: { level: string; role: string; destination?: LogDestination }): Logger {
  const settings = {
    level: options.level,
    base: { 'service.name': 'portolan', 'service.role': options.role, 'process.pid': process.pid },
    timestamp: () => `,"@timestamp":"${new Date().toISOString()}"`,
    messageKey: 'message',
    formatters: { level: (label: string) => ({ 'log.level': label }) },
    redact: { paths: SECRET_PATHS, censor: '[masked]' },
    serializers: {
      err: (error: Error & { code?: string }) => ({
        type: error.name,
        message: maskAddresses(error.message),
        code: error.code,
        stack_trace: error.stack && maskAddresses(error.stack),
      }),
    },
  };
  return options.destination ? pino(settings, options.destination) : pino(settings);
}
