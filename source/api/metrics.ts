import {setImmediate} from 'node:timers/promises';
import type {Fleet, SessionView} from '../domain/fleet.ts';
import type {Traffic} from './traffic.ts';

type Labels = Record<string, string>;
type Sample = {labels?: Labels; value: number};
type Family = {name: string; type: 'gauge' | 'counter'; help: string; samples: Sample[]};

/** The fleet and this process in the text format of Prometheus. */
export async function metrics(fleet: Fleet, traffic: Traffic): Promise<string> {
  const asked = performance.now();
  await setImmediate();
  const lag = (performance.now() - asked) / 1000;
  const [health, sessions, approvals] = await Promise.all([fleet.health(), fleet.sessions(), fleet.approvals()]);
  const {user, system} = process.cpuUsage();
  const {version, hosted, backend} = health;
  const families: Family[] = [
    gauge('amux_info', 'What runs here.', [{labels: {version, hosted, backend}, value: 1}]),
    gauge(
      'amux_sessions',
      'Sessions by status.',
      counted(sessions, ({status}) => ({status})),
    ),
    gauge(
      'amux_sessions_active',
      'Sessions that run, by activity.',
      counted(
        sessions.filter(({running}) => running),
        ({activity}) => ({activity: activity ?? 'unknown'}),
      ),
    ),
    gauge('amux_queue_messages', 'Messages that wait in steering queues.', [
      {value: sessions.reduce((sum, {queue}) => sum + queue, 0)},
    ]),
    gauge('amux_approvals_open', 'Requests that wait for a person.', [{value: approvals.length}]),
    counter('amux_tokens_total', 'Tokens of the sessions that are there, by kind.', tokens(sessions)),
    counter(
      'amux_cost_usd_total',
      'What they cost, where prices are known.',
      sessions.filter(({cost}) => cost !== null).map(({name, cost}) => ({labels: {session: name}, value: cost!})),
    ),
    gauge(
      'amux_context_used_ratio',
      'How full contexts are.',
      sessions.flatMap(({name, context}) =>
        context?.limit ? [{labels: {session: name}, value: context.used / context.limit}] : [],
      ),
    ),
    gauge('amux_session_memory_bytes', 'Resident memory of the processes of a session.', taken(sessions, 'memory')),
    gauge('amux_session_cpu_percent', 'What they use of one core.', taken(sessions, 'cpu')),
    gauge('amux_session_processes', 'How many there are.', taken(sessions, 'processes')),
    gauge(
      'amux_session_crashes',
      'Crashes of a session in the last ten minutes.',
      sessions.map(({name, watchdog}) => ({labels: {session: name}, value: watchdog.crashes})),
    ),
    counter('amux_journal_cursor', 'Newest entry of the journal.', [{value: health.cursor}]),
    counter(
      'amux_http_requests_total',
      'Requests that were answered.',
      traffic.answers.map(({count, ...labels}) => ({labels, value: count})),
    ),
    gauge('amux_streams_open', 'Clients that follow events or screens.', [{value: traffic.streams}]),
    counter('amux_streams_slow_total', 'Streams that were ended because nobody read them.', [{value: traffic.slow}]),
    gauge('amux_event_loop_lag_seconds', 'Delay of one turn of the event loop.', [{value: lag}]),
    gauge('process_resident_memory_bytes', 'Resident memory.', [{value: process.memoryUsage.rss()}]),
    counter('process_cpu_seconds_total', 'CPU time.', [{value: (user + system) / 1_000_000}]),
    gauge('process_start_time_seconds', 'When the supervisor took over, unix seconds.', [{value: health.started_at}]),
  ];
  return families.map(written).join('');
}

const taken = (sessions: readonly SessionView[], what: 'memory' | 'cpu' | 'processes'): Sample[] =>
  sessions.flatMap(({name, resources}) =>
    resources?.[what] == null ? [] : [{labels: {session: name}, value: resources[what]}],
  );

const KINDS = ['input', 'output', 'cacheRead', 'cacheWrite'] as const;

const tokens = (sessions: readonly SessionView[]): Sample[] =>
  sessions.flatMap(({name, tokens: used}) =>
    used === null ? [] : KINDS.map(kind => ({labels: {session: name, kind}, value: used[kind]})),
  );

const gauge = (name: string, help: string, samples: Sample[]): Family => ({name, type: 'gauge', help, samples});
const counter = (name: string, help: string, samples: Sample[]): Family => ({name, type: 'counter', help, samples});

function counted<T>(items: readonly T[], labelsOf: (item: T) => Labels): Sample[] {
  const groups = new Map<string, {labels: Labels; value: number}>();
  for (const item of items) {
    const labels = labelsOf(item);
    const key = JSON.stringify(labels);
    const group = groups.get(key) ?? {labels, value: 0};
    groups.set(key, {labels, value: group.value + 1});
  }
  return [...groups.values()];
}

function written({name, type, help, samples}: Family): string {
  const lines = samples.map(({labels = {}, value}) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

const escaped = (text: string): string => text.replace(/[\\"\n]/g, char => (char === '\n' ? '\\n' : `\\${char}`));
