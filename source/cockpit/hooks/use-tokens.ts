import {setTimeout as pause} from 'node:timers/promises';
import {useEffect} from 'react';
import {asAmuxError} from '../../domain/errors.ts';
import type {State} from '../state.ts';
import {queriesOf, sinceOf, type TokensChoice, untilOf} from '../tokens.ts';
import type {Source} from './use-fleet.ts';

/**
 * Reads what the Tokens screen shows while it is in sight: when it opens, when another choice is made, when the sums of
 * the day moved (which is asked for in any case, for the header), and when another step of the chart begins.
 */
export function useTokens(source: Source, {place, connection, tokens, spend, now}: State): void {
  const open = place === 'tokens' && connection.kind === 'live';
  const {span, by, all, turn} = tokens;
  const step = open ? untilOf(span, now) : 0;
  const sums = open ? spend : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: turn, step and sums say when, not what.
  useEffect(() => {
    if (!open) return;
    const ending = new AbortController();
    void readTokens(source, {span, by, all}, ending.signal);
    return () => ending.abort();
  }, [source, open, span, by, all, turn, step, sums]);
}

/** While histories are read for the first time, in ms. */
const READING_LOOK_MS = 1000;

async function readTokens({fleet, store, clock}: Source, choice: TokensChoice, signal: AbortSignal): Promise<void> {
  const now = clock();
  const since = sinceOf(choice.span, now);
  const queries = queriesOf(choice, since);
  try {
    const [table, bars, series, budgets] = await Promise.all([
      fleet.spend(queries.table),
      fleet.spend(queries.bars),
      fleet.spend(queries.series),
      fleet.budgets(),
    ]);
    const read = {...choice, since, until: untilOf(choice.span, now), table, bars, series, budgets};
    if (signal.aborted) return;
    store.dispatch({type: 'tokens', step: {do: 'read', read}});
    if (table.reading !== null) await again(store, signal);
  } catch (error) {
    // A lost connection is told of elsewhere.
    const {code, message} = asAmuxError(error);
    if (signal.aborted || code === 'supervisor.unreachable') return;
    store.dispatch({type: 'tokens', step: {do: 'failed', why: message}});
  }
}

/** The header need not tell of the end of a short reading. */
async function again(store: Source['store'], signal: AbortSignal): Promise<void> {
  await pause(READING_LOOK_MS, undefined, {signal}).catch(() => {}); // It ends with the signal.
  if (!signal.aborted) store.dispatch({type: 'tokens', step: {do: 'stale'}});
}
