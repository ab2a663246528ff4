import { type DestinationStream, pino } from 'pino';
import type { Logger } from '../kit/logger.ts';
import { createRedactor, type Redactor } from './redact.ts';
import { currentTraceId } from './tracing.ts';

export type LoggerOptions = Readonly<{
  level: 'debug' | 'info' | 'warn' | 'error';
  /** Fields of every line: version, revision, instance. */
  base?: Record<string, unknown>;
  /** Where lines go; stdout unless given. */
  destination?: DestinationStream;
  /** Blanked wherever they appear: `secretsOf(config)`. */
  secrets?: readonly string[];
}>;

type Line = (fields: Record<string, unknown>, message: string) => void;

const UNREADABLE = { unreadable: true };

const adapt = (sink: pino.Logger, redact: Redactor): Logger => {
  const clean = (fields: Record<string, unknown>): Record<string, unknown> => {
    try {
      return redact.fields(fields);
    } catch {
      return UNREADABLE; // a getter that throws must not turn a log line into a failure of the turn
    }
  };
  const line = (level: 'debug' | 'info' | 'warn' | 'error'): Line => {
    return (fields, message) => {
      if (!sink.isLevelEnabled(level)) return;
      const traceId = currentTraceId();
      sink[level]({ ...clean(fields), ...(traceId === undefined ? {} : { trace_id: traceId }) }, redact.text(message));
    };
  };
  return Object.freeze({
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    child: (fields: Record<string, unknown>) => adapt(sink.child(clean(fields)), redact),
  });
};

/** JSON lines through pino. Everything is redacted before pino sees it; errors become {type, code, message, stack, cause}. */
export const createLogger = ({ level, base = {}, destination, secrets = [] }: LoggerOptions): Logger => {
  const redact = createRedactor(secrets);
  const options: pino.LoggerOptions = {
    level,
    base: redact.fields(base),
    timestamp: pino.stdTimeFunctions.isoTime,
    // The redactor has already written the error out; pino's own serializer would take it for one and flatten its causes.
    serializers: { err: (err: unknown) => err },
    formatters: { level: (label) => ({ level: label }) },
  };
  return adapt(destination ? pino(options, destination) : pino(options), redact);
};
