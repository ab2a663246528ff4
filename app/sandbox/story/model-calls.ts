import type { Clock } from '../../kit/clock.ts';
import type { ModelAnswer } from '../model/model-api.ts';
import { isSaidIn, storyOfModelCall, waitingBeside } from './attribute.ts';
import { type ReadRequest, readAnswer, readRequest } from './model-reading.ts';
import type { Stories } from './stories.ts';
import { readTraceId } from './trace.ts';
import type { ModelWords } from './model-words.ts';
import { type ModelStep, shorten, type Story } from './types.ts';

/** Faults under which the model's words do not reach the bot whole. */
const WORDLESS: ReadonlySet<string> = new Set(['stall_before_first_byte', 'stall_mid_stream', 'cut_mid_stream', 'garbage', 'flood', 'server_error']);
const CUT: ReadonlySet<string> = new Set(['cut_mid_stream']);

type Asked = Readonly<{ traceparent: string | undefined; body: unknown }>;
/** What became of one request: `answered` when the answer is known, `ended` when the connection is done with it. */
export type ModelWatch = Readonly<{ answered: (answer: ModelAnswer, fault: string | null) => void; ended: (fully: boolean, status: number | null) => void }>;

const UNWATCHED: ModelWatch = { answered: () => undefined, ended: () => undefined };

/** Puts each request to the scripted model, with the tool results it brings, into the story of the update behind it, and remembers what it answered. */
export const createModelCalls = ({ stories, words, clock }: { stories: Stories; words: ModelWords; clock: Clock }) => {
  const fingerprints = new WeakMap<ModelStep, string>();

  const addResults = (story: Story, { results }: ReadRequest): void => {
    const at = stories.now();
    for (const { callId, name, args, result } of results) {
      if (story.steps.some((step) => step.kind === 'tool' && step.callId === callId)) continue;
      const asked = story.steps.findLast((step) => step.kind === 'model' && step.tools.some((tool) => tool.callId === callId));
      const ms = asked?.kind === 'model' && asked.ms !== null ? Math.max(0, at - asked.at - asked.ms) : null;
      stories.add(story, { kind: 'tool', at, callId, name, args, result, ms });
    }
  };

  /** Messages written in a row are answered in one turn; its trace names one of them. */
  const join = (story: Story, lastUser: string): void => {
    const own = story.steps.findLastIndex(({ kind }) => kind === 'joined');
    if (own >= 0) story.steps.splice(own, 1); // it has a turn of its own after all
    for (const other of waitingBeside(stories.all(), story)) {
      const known = other.steps.some(({ kind }) => kind === 'joined');
      if (!known && isSaidIn(lastUser, other)) stories.add(other, { kind: 'joined', at: stories.now(), storyId: story.id });
    }
  };

  return {
    asked: ({ traceparent, body }: Asked): ModelWatch => {
      const request = readRequest(body);
      const { purpose, stream, lastUser, fingerprint } = request;
      const found = storyOfModelCall(stories.all(), { traceId: readTraceId(traceparent), lastUser });
      if (!found) return UNWATCHED;
      const { story, by } = found;
      if (purpose !== 'summary') join(story, lastUser);
      addResults(story, request);
      const attempt = story.steps.filter((step) => step.kind === 'model' && fingerprints.get(step) === fingerprint).length + 1;
      const open = { how: 'running', status: null, ms: null, fault: null, tools: [], text: '', tokens: null } as const;
      const step: ModelStep = { kind: 'model', at: stories.now(), purpose, attempt, stream, by, ...open };
      fingerprints.set(step, fingerprint);
      const startedMs = clock.monotonicMs();
      stories.add(story, step);
      return {
        answered: (answer, fault) => {
          step.fault = fault;
          if (fault === null || !WORDLESS.has(fault)) {
            const said = readAnswer(answer);
            Object.assign(step, { ...said, text: shorten(said.text) });
            if (purpose !== 'summary') words.remember({ chatId: story.chatId, text: said.text });
          }
          stories.changed(story);
        },
        ended: (fully, status) => {
          step.ms = Math.round(clock.monotonicMs() - startedMs);
          step.status = status;
          if (fully) step.how = 'answered';
          else step.how = step.fault !== null && CUT.has(step.fault) ? 'cut' : 'left';
          stories.changed(story);
        },
      };
    },
  };
};
export type ModelCalls = ReturnType<typeof createModelCalls>;
