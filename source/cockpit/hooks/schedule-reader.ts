import type {EventView} from '../../domain/fleet.ts';
import type {Source} from './use-fleet.ts';

/** Keeps the list of schedules true while it is open: nobody else needs it. */
export function scheduleReader(
  {fleet, store}: Pick<Source, 'fleet' | 'store'>,
  {signal, failed}: {signal: AbortSignal; failed: (error: unknown) => void},
) {
  const read = async (): Promise<void> => {
    const list = await fleet.schedules();
    if (!signal.aborted) store.dispatch({type: 'dialog-step', step: {kind: 'schedules', list}});
  };
  return {
    told({type}: Pick<EventView, 'type'>): void {
      if (type.startsWith('schedule.') && store.state().dialog.kind === 'schedules') void read().catch(failed);
    },
  };
}
