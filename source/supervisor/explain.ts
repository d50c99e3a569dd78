import {wordSources} from '../domain/evidence.ts';
import type {Explanation} from '../domain/fleet.ts';
import {describeExit, isLive, type Session} from '../domain/session.ts';
import type {WatchSettings} from '../domain/watch.ts';
import {ruleViews} from '../domain/watch-view.ts';
import {type LiveFacts, noticeOf} from './view.ts';

type Piece = Omit<Explanation['evidence'][number], 'wins'>;

/** The evidence behind a session's state, the one that decided first. Ages are in seconds. */
export function explain(
  session: Session,
  {now, settings, held, ...facts}: {settings: WatchSettings} & Pick<LiveFacts, 'url' | 'mcp' | 'now' | 'held'>,
): Explanation {
  const {status, name, reason, activity, decidedBy} = session;
  const live = isLive(session);
  const found = pieces(session, now);
  // What decided may be gone, and that a terminal is silent leaves no trace: then its process is what is known.
  const decider = live && found.some(({source}) => source === decidedBy) ? decidedBy : 'process';
  const evidence = found
    .map(piece => ({...piece, wins: piece.source === decider}))
    .sort((a, b) => Number(b.wins) - Number(a.wins));
  const since = Math.floor((live ? session.activitySince : session.updatedAt) / 1000);
  const conversation = session.conversation?.id ?? null;
  const notice = noticeOf(session, facts);
  const from = session.origin ?? null;
  const origin = from === null ? null : {session: from.name, conversation: from.conversation};
  const watchdog = ruleViews(session, {now, settings, held});
  const active = live ? activity : null;
  return {name, status, activity: active, reason, since, conversation, origin, notice, watchdog, evidence};
}

function pieces({signals, run, status, decidedBy}: Session, now: number): Piece[] {
  const {screen, output, submitted, tree, progress} = signals;
  const age = (at: number) => Math.max(0, Math.round((now - at) / 100) / 10);
  const found: Piece[] = [];
  for (const source of wordSources) {
    const word = signals[source];
    if (word === null) continue;
    const says = [word.state, word.kind, word.message].filter(Boolean).join(', ');
    found.push({source, age: age(word.at), says});
  }
  if (screen !== null) {
    const {rule, activity, layer} = screen.reading;
    const hidden = layer === 'overlay' ? ', until a view hid it' : '';
    found.push({source: 'screen', age: age(screen.at), says: `rule ${rule}: ${activity ?? 'nothing'}${hidden}`});
  }
  if (output !== null) found.push({source: 'output', age: age(output.at), says: 'last terminal output'});
  else if (decidedBy === 'output') found.push({source: 'output', age: null, says: 'none since its process began'});
  if (submitted !== null) {
    found.push({source: 'submitted', age: age(submitted.at), says: `message ${submitted.message}`});
  }
  if (tree !== null) {
    found.push({
      source: 'tree',
      age: age(tree.at),
      says: tree.busy === null ? 'nothing runs in it' : `${tree.busy} runs`,
    });
  }
  if (progress !== null) found.push({source: 'progress', age: age(progress.at), says: progress.by});
  const running = status === 'starting' || status === 'running';
  // Between two processes it is the end of the one before that counts.
  const life =
    running && (run === null || run.endedAt === null)
      ? `pid ${run?.pid ?? '?'} runs`
      : run === null
        ? 'never started'
        : describeExit(run.exit);
  found.push({source: 'process', age: run === null ? null : age(run.endedAt ?? run.startedAt), says: life});
  return found;
}
