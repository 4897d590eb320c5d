import { pino, type Logger } from 'pino';

export type { Logger };

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
export function createLogger(options: { level: string; role: string }): Logger {
  return pino({
    level: options.level,
    base: { 'service.name': 'portolan', 'service.role': options.role, 'process.pid': process.pid },
    timestamp: () => `,"@timestamp":"${new Date().toISOString()}"`,
    messageKey: 'message',
    formatters: { level: (label) => ({ 'log.level': label }) },
    redact: { paths: SECRET_PATHS, censor: '[masked]' },
    serializers: {
      err: (error: Error & { code?: string }) => ({
        type: error.name,
        message: error.message,
        code: error.code,
        stack_trace: error.stack,
      }),
    },
  });
}
