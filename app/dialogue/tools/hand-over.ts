import { unshownPhotos } from '../../booking/photos.ts';
import { findClient } from '../../booking/rows.ts';
import type { Transaction } from '../../db/connect.ts';
import { currentTraceparent } from '../../observability/tracing.ts';
import type { ToolArguments } from '../../llm/tools.ts';
import type { AppendOutbox } from '../../outbox/append.ts';
import type { Handovers } from '../hand-over.ts';
import { handOverNotice, photosOf } from '../manager-texts.ts';
import type { Toolbox, ToolCaller } from './run-tool.ts';

type Deps = Readonly<{ handovers: Handovers; managerChatId: number; appendOutbox: AppendOutbox; dryRun: boolean }>;
type Result = Readonly<{ ok: true; did: 'handed_over'; repeated: boolean; message: string }>;

const MESSAGE = 'Менеджер подключится к разговору и ответит клиенту здесь же. Скажи об этом клиенту, времени ответа не обещай.';

/** Passes the dialogue to a person: the hand-over, the managers' notice and the photos they have not seen together with the step, or nothing of it. */
export const createHandOverTool = ({ handovers, managerChatId, appendOutbox, dryRun }: Deps): Pick<Toolbox, 'hand_over'> => {
  const handOver = async (trx: Transaction, { turn, sender }: ToolCaller, { reason, summary }: ToolArguments['hand_over']): Promise<Result> => {
    const client = await findClient(trx, sender.userId);
    const begun = await handovers.begin(trx, { laneKey: turn.lane.key, turnId: turn.id, reason });
    if (begun) {
      const text = handOverNotice({ reason, sender, phone: client?.phone ?? null, summary });
      const photos = await unshownPhotos(trx, { laneKey: turn.lane.key, managerChatId, caption: photosOf(sender) });
      await appendOutbox(trx, [{ chatId: managerChatId, kind: 'notice', text }, ...photos], { turnId: turn.id, traceparent: currentTraceparent() });
    }
    return { ok: true, did: 'handed_over', repeated: !begun, message: MESSAGE };
  };

  return {
    hand_over: (args, caller, key) =>
      caller.steps.effect(key, (trx) =>
        dryRun ? Promise.resolve<Result>({ ok: true, did: 'handed_over', repeated: false, message: MESSAGE }) : handOver(trx, caller, args),
      ),
  };
};
