/** Exit codes of the command line (PRODUCT: 0 ok, 1 failed, 2 usage, 3 not found, 4 conflict, 5 unreachable). */
export type ExitCode = 1 | 2 | 3 | 4 | 5;

export type ErrorRow = {
  /** One line for people; `{fact}` is replaced from the error's facts. */
  message: string;
  /** What to do next, one line. */
  hint: string;
  http: 400 | 401 | 403 | 404 | 405 | 408 | 409 | 413 | 422 | 429 | 500 | 501 | 503;
  exit: ExitCode;
};

/** Every error that people can meet. A new one is one row here. */
export const errorTable = {
  'session.unknown': {message: 'no session "{ref}"', hint: 'amux ps lists the sessions', http: 404, exit: 3},
  'session.ambiguous': {
    message: '"{ref}" could be {candidates}',
    hint: 'write more of the name, or use the id',
    http: 409,
    exit: 4,
  },
  'session.exists': {
    message: 'a session named "{name}" exists already',
    hint: 'choose another name, or amux unregister {name}',
    http: 409,
    exit: 4,
  },
  'session.name': {
    message: '"{name}" is not a session name',
    hint: 'letters, digits, dot, dash and underscore, starting with a letter, at most 64; "bulk" is reserved',
    http: 400,
    exit: 2,
  },
  'session.running': {
    message: '{name} is running',
    hint: 'amux stop {name} first',
    http: 409,
    exit: 4,
  },
  'tag.unknown': {
    message: 'no session with the tag {tag} runs',
    hint: 'amux ps --json tells the tags of each',
    http: 404,
    exit: 3,
  },
  'session.not-running': {message: '{name} is not running', hint: 'amux start {name}', http: 409, exit: 4},
  'session.one-shot': {
    message: '{name} came from "amux run" and is over: one-shot sessions do not start again',
    hint: 'amux run {agent} starts a new one in the same workspace',
    http: 409,
    exit: 4,
  },
  'session.dir': {message: 'no directory {dir}', hint: 'make it, or give another with --dir', http: 400, exit: 2},
  'session.start': {
    message: '{name} did not start: {why}',
    hint: 'amux peek {name} shows its last screen',
    http: 422,
    exit: 1,
  },
  'session.env': {
    message: '{name} needs the variable {variable}, which is not set anywhere',
    hint: 'export {variable} and start again, or pass --env {variable}=VALUE',
    http: 422,
    exit: 1,
  },
  'agent.mode': {
    message: 'agent {agent}: {title} has no permission mode "{mode}"',
    hint: 'it has: {known}; amux config edit',
    http: 422,
    exit: 1,
  },
  'agent.yolo': {
    message: '{agent} has no mode without permission prompts',
    hint: 'rules under "approvals" in the configuration allow what it asks for',
    http: 422,
    exit: 1,
  },
  'agent.model': {
    message: '{agent} takes no model: it runs a command of its own',
    hint: 'a profile of a type that takes one does: amux agent config list',
    http: 422,
    exit: 1,
  },
  'agent.compact': {
    message: '{name} cannot be compacted: {agent} has no command for it',
    hint: 'amux restart {name} begins a new conversation',
    http: 422,
    exit: 1,
  },
  'agent.no-model': {
    message: '{agent} has no model {model}',
    hint: 'its own list of models names them',
    http: 422,
    exit: 1,
  },
  'agent.other': {
    message: '{name} runs another program than {agent} under its name: amux does not know its conversation',
    hint: 'amux stop {name}, then give it the model and start it',
    http: 422,
    exit: 1,
  },
  'conversation.unknown': {
    message: 'the conversation of {name} is not known: another process would begin a new one',
    hint: 'amux restart {name} begins a new one',
    http: 409,
    exit: 4,
  },
  'session.orphaned': {
    message: 'the directory of {name} is gone: {dir}',
    hint: 'bring it back, or amux unregister {name}',
    http: 409,
    exit: 4,
  },
  'session.dialog': {
    message: '{name} shows a dialog ({dialog}); keys would answer it',
    hint: 'repeat with --force if that is what you want',
    http: 409,
    exit: 4,
  },
  'approval.unknown': {message: 'no request "{ref}"', hint: 'amux approvals lists them', http: 404, exit: 3},
  'approval.ambiguous': {
    message: '"{ref}" could be {candidates}',
    hint: 'write more of its id; amux approvals lists them',
    http: 409,
    exit: 4,
  },
  'approval.settled': {
    message: '{id} of {name} is settled: {why}',
    hint: 'amux approvals lists what is still open',
    http: 409,
    exit: 4,
  },
  'approval.unsupported': {message: '{name} cannot take that: {why}', hint: '{next}', http: 422, exit: 1},
  'approval.hidden': {
    message: 'the dialog of {name} cannot be answered now: {why}',
    hint: 'amux attach {name} shows it',
    http: 409,
    exit: 4,
  },
  'approval.stuck': {
    message: 'a key was pressed, and {name} still shows {what}; no other was pressed',
    hint: 'amux attach {name} shows it',
    http: 409,
    exit: 1,
  },
  'agent.unknown': {
    message: 'no agent "{agent}"',
    hint: 'known here: {known}; amux agent config add {agent} --command … makes a new one',
    http: 404,
    exit: 3,
  },
  'agent.exists': {
    message: 'an agent "{agent}" is configured already',
    hint: 'amux agent config update {agent} …',
    http: 409,
    exit: 4,
  },
  'agent.interrupt': {
    message: 'amux does not know how to interrupt {name} ({agent})',
    hint: 'amux keys {name} C-c, then amux send {name} …',
    http: 409,
    exit: 4,
  },
  'conversation.held': {
    message: '{holder} has the conversation {conversation} open: two programs in one would lose messages',
    hint: 'amux stop {holder} first, or fork it',
    http: 409,
    exit: 4,
  },
  'conversation.cannot': {
    message: '{agent} cannot {what} a conversation',
    hint: 'start it anew',
    http: 422,
    exit: 2,
  },
  'conversation.copy': {
    message: '{agent} did not copy the conversation {conversation}: {why}',
    hint: 'amux fork S NEW --handoff begins a fresh one with a summary instead',
    http: 422,
    exit: 1,
  },
  'fork.cannot': {
    message: '{name} cannot be forked: {why}',
    hint: '{next}',
    http: 422,
    exit: 1,
  },
  'fork.conversation': {
    message: '{name} cannot be forked: {why}',
    hint: '{next}',
    http: 422,
    exit: 1,
  },
  'fork.start': {
    message: '{why}; its workspace is made: {path}',
    hint: '{again}; amux unregister {name} and amux ws remove take it away',
    http: 422,
    exit: 1,
  },
  'workspace.unknown': {
    message: 'no workspace "{workspace}" here',
    hint: 'amux ws list shows them; the project directory itself is "main"',
    http: 404,
    exit: 3,
  },
  'workspace.ambiguous': {
    message: '"{workspace}" could be {candidates}',
    hint: 'write more of the name',
    http: 409,
    exit: 4,
  },
  'workspace.name': {
    message: '"{name}" cannot be the name of a workspace',
    hint: 'take one with letters or digits, at most 100 long; "main" is the project directory itself',
    http: 400,
    exit: 2,
  },
  'workspace.exists': {
    message: 'a workspace "{workspace}" exists already, in {path}',
    hint: 'amux run AGENT -w {workspace} works there; or choose another name',
    http: 409,
    exit: 4,
  },
  'workspace.branch': {
    message: '{why}',
    hint: '{next}',
    http: 409,
    exit: 4,
  },
  'workspace.base': {
    message: 'nothing to start from: {base} is no commit of {project}',
    hint: '{next}',
    http: 422,
    exit: 1,
  },
  'workspace.main': {
    message: '"main" is the project directory itself: amux did not make it and does not remove it',
    hint: 'amux ws list shows the others',
    http: 409,
    exit: 4,
  },
  'workspace.losses': {
    message: '{workspace} is kept, it holds what is nowhere else: {losses}',
    hint: 'commit and merge what matters, or add --discard to lose it',
    http: 409,
    exit: 4,
  },
  'workspace.busy': {
    message: '{workspace} is kept: {why}',
    hint: '{next}',
    http: 409,
    exit: 4,
  },
  'workspace.merge': {message: '{workspace} is not merged: {why}', hint: '{next}', http: 409, exit: 4},
  'workspace.proposal': {
    message: '{workspace} cannot become a pull request: {why}',
    hint: '{next}',
    http: 409,
    exit: 4,
  },
  'workspace.missing': {
    message: 'the directory of {workspace} is gone: {path}',
    hint: 'amux ws remove {workspace} forgets it; its branch stays unless it is merged',
    http: 409,
    exit: 4,
  },
  'workspace.half-made': {
    message: 'amux died while it made {workspace}: it is not whole',
    hint: 'amux ws create {workspace} makes it anew',
    http: 409,
    exit: 4,
  },
  'workspace.unlinked': {
    message: '{path} is no working tree that git knows as {workspace}: {why}',
    hint: '{next}',
    http: 409,
    exit: 4,
  },
  'workspace.untrusted': {
    message: '{file} wants to run commands here that nobody accepted yet: {commands}',
    hint: 'read them, then add --trust; or leave them out with {flag}',
    http: 403,
    exit: 1,
  },
  'workspace.commands': {
    message: '{workspace}: {why}',
    hint: '{next}',
    http: 422,
    exit: 1,
  },
  'workspace.git': {message: 'git: {why}', hint: '{next}', http: 422, exit: 1},
  'project.none': {
    message: '{dir} is not inside a git repository',
    hint: 'git init, or change to a repository',
    http: 400,
    exit: 1,
  },
  'project.exists': {
    message: '{file} exists already',
    hint: 'amux init --force writes it anew',
    http: 409,
    exit: 4,
  },
  'config.invalid': {
    message: '{file}:{line}:{column}: {why}',
    hint: 'amux config validate checks the file',
    http: 422,
    exit: 1,
  },
  'command.missing': {
    message: 'command not found: {command} (exit code 127; argv {argv}; agent {agent}; workspace {workspace})',
    hint: 'install it or put it on the PATH, or change the agent with amux agent config update',
    http: 422,
    exit: 1,
  },
  'command.line': {message: 'cannot read the command line {line}: {why}', hint: 'check its quotes', http: 400, exit: 2},
  'input.invalid': {message: '{why}', hint: '{next}', http: 400, exit: 2},
  'message.empty': {message: 'nothing to send: the text is empty', hint: 'amux send NAME TEXT', http: 400, exit: 2},
  'message.taken': {
    message: '{id} is the id of another message',
    hint: 'give each message an id of its own; only a repeat, of the same text to the same session, has the same one',
    http: 409,
    exit: 4,
  },
  'queue.full': {
    message: '{name} has {count} messages waiting, which is the most it may have',
    hint: 'amux queue {name} --clear drops them',
    http: 429,
    exit: 1,
  },
  'token.unknown': {message: 'no token "{ref}"', hint: 'amux token ls lists them', http: 404, exit: 3},
  'token.exists': {
    message: 'there is a token named "{name}" already',
    hint: 'choose another --name, or amux token revoke {name}',
    http: 409,
    exit: 4,
  },
  'token.many': {
    message: 'there are {count} tokens, which is the most there may be',
    hint: 'amux token ls, then amux token revoke those that nobody needs',
    http: 409,
    exit: 4,
  },
  'access.missing': {
    message: 'a token is needed here',
    hint: 'amux token create makes one: Authorization: Bearer TOKEN, or https://amux:TOKEN@HOST in the URL',
    http: 401,
    exit: 1,
  },
  'access.refused': {
    message: 'this token is not known, has expired or was revoked',
    hint: 'amux token ls lists the valid ones, amux token create makes one',
    http: 401,
    exit: 1,
  },
  'access.role': {
    message: '{what} needs the role {needed}; this token is {role}',
    hint: 'amux token create --role {needed} makes one that may',
    http: 403,
    exit: 1,
  },
  'budget.unknown': {
    message: 'no budget {budget}',
    hint: 'amux budget shows them all',
    http: 404,
    exit: 3,
  },
  'schedule.unknown': {message: 'no schedule "{ref}"', hint: 'amux schedule lists them', http: 404, exit: 3},
  'schedule.ambiguous': {
    message: '"{ref}" could be {candidates}',
    hint: 'write more of the name, or use the id',
    http: 409,
    exit: 4,
  },
  'schedule.exists': {
    message: 'a schedule named "{name}" exists already',
    hint: 'choose another name, or amux schedule rm {name}',
    http: 409,
    exit: 4,
  },
  'schedule.name': {
    message: '"{name}" is not a name of a schedule',
    hint: 'letters, digits, dot, dash and underscore, starting with a letter, at most 64',
    http: 400,
    exit: 2,
  },
  'schedule.time': {
    message: '"{given}" is no time: {why}',
    hint: 'as "0 2 * * *" (minute, hour, day, month, weekday), or one moment as 2026-11-22T02:00',
    http: 400,
    exit: 2,
  },
  'schedule.zone': {
    message: 'no time zone "{timezone}"',
    hint: 'by its IANA name, as Europe/Berlin or UTC',
    http: 400,
    exit: 2,
  },
  'schedule.never': {
    message: '"{given}" does not come (any more)',
    hint: 'give a time that is still to come',
    http: 400,
    exit: 2,
  },
  'schedule.many': {
    message: 'this home has {count} schedules already',
    hint: 'amux schedule rm NAME takes one away',
    http: 409,
    exit: 4,
  },
  'card.unknown': {message: 'no card "{ref}"', hint: 'amux board lists them', http: 404, exit: 3},
  'card.none': {
    message: 'no card is free for {holder}',
    hint: 'amux board shows what the cards in todo wait for',
    http: 404,
    exit: 3,
  },
  'card.claimed': {
    message: '{card} is held by {holder}',
    hint: 'choose another, or amux board release {card}',
    http: 409,
    exit: 4,
  },
  'card.done': {message: '{card} is done', hint: 'amux board move {card} todo opens it again', http: 409, exit: 4},
  'card.one': {
    message: '{holder} holds {card} already',
    hint: 'finish it, or amux board release {card}',
    http: 409,
    exit: 4,
  },
  'card.blocked': {
    message: '{card} waits for {others}',
    hint: 'it is free when those are done',
    http: 409,
    exit: 4,
  },
  'card.column': {
    message: '{card} is in {column}: only cards in todo and backlog are free',
    hint: 'amux board move {card} todo',
    http: 409,
    exit: 4,
  },
  'card.archived': {
    message: '{card} is in the archive',
    hint: 'amux board restore {card}, or PATCH it with {"archived":false}',
    http: 409,
    exit: 4,
  },
  'card.not-held': {
    message: '{card} is not held by {holder}: {why}',
    hint: 'amux board show {card} tells its history',
    http: 409,
    exit: 4,
  },
  'card.fence': {
    message: '{card} is past fence {fence}, at {known}: that claim is over, {why}',
    hint: 'amux board show {card} tells its history; claim it again to go on',
    http: 409,
    exit: 4,
  },
  'card.changed': {
    message: '{card} was changed meanwhile: it is not at {etag} any more, but at {known}',
    hint: 'read it again, and send what you want with its new etag',
    http: 409,
    exit: 4,
  },
  'card.undo': {
    message: '{card} is not put back: {why}',
    hint: 'amux board show {card} tells its history',
    http: 409,
    exit: 4,
  },
  'card.undo-none': {
    message: 'you changed no card that could be put back',
    hint: 'amux board show ID tells what was done to a card, and by whom',
    http: 404,
    exit: 3,
  },
  'card.cycle': {
    message: '{card} would wait for itself',
    hint: 'leave out one of its dependencies',
    http: 422,
    exit: 2,
  },
  'card.others': {
    message: 'the token of {own} claims for {own} only, not for {holder}',
    hint: 'leave "session" out, or use a token that a person made',
    http: 403,
    exit: 1,
  },
  'board.full': {
    message: 'the board has {count} cards, which is the most it may have',
    hint: 'amux board rm puts cards into the archive',
    http: 409,
    exit: 4,
  },
  'memory.unknown': {message: 'no memory file "{file}"', hint: 'amux memory lists them', http: 404, exit: 3},
  'memory.name': {
    message: '"{file}" is not a name of a memory file',
    hint: 'letters, digits, dot, dash and underscore, ending in .md, such as project-conventions.md',
    http: 400,
    exit: 2,
  },
  'memory.large': {
    message: '{file} is {size} bytes; the most is {most}',
    hint: 'split it into several files',
    http: 413,
    exit: 1,
  },
  'memory.strange': {
    message: '{file} in the memory is not a plain file of its own',
    hint: 'links are not followed: replace it with the file itself',
    http: 409,
    exit: 4,
  },
  'memory.full': {
    message: 'the memory has {count} files, which is the most it may have',
    hint: 'remove those that nobody needs',
    http: 409,
    exit: 4,
  },
  'mcp.unknown': {message: 'no MCP server "{name}"', hint: 'amux mcp list shows them', http: 404, exit: 3},
  'mcp.exists': {
    message: 'there is an MCP server "{name}" already',
    hint: 'amux mcp add {name} --replace … puts another in its place',
    http: 409,
    exit: 4,
  },
  'mcp.invalid': {message: '{why}', hint: '{next}', http: 422, exit: 1},
  'mcp.changed': {
    message: 'the MCP servers were changed meanwhile',
    hint: 'read them again, and change what is there now',
    http: 409,
    exit: 4,
  },
  'mcp.silent': {message: '{name} does not answer as an MCP server: {why}', hint: '{next}', http: 422, exit: 1},
  'access.attempts': {
    message: 'too many calls from here without a valid token',
    hint: 'wait {seconds} s; a call with a valid token is answered all the same',
    http: 429,
    exit: 1,
  },
  'host.refused': {
    message: 'this API does not answer to the name "{host}"',
    hint: 'use localhost, or add the name to "allowedHosts" in the configuration',
    http: 403,
    exit: 1,
  },
  'origin.refused': {
    message: 'pages of {origin} may not call this API',
    hint: 'add the origin to "cors" in the configuration if they should',
    http: 403,
    exit: 1,
  },
  'route.unknown': {message: 'there is no {what}', hint: 'docs/api.md lists the routes', http: 404, exit: 3},
  'route.method': {message: '{url} does not take {method}', hint: 'it takes {allowed}', http: 405, exit: 2},
  'request.slow': {message: 'the request did not arrive in time', hint: 'send it again, at once', http: 408, exit: 1},
  'body.large': {
    message: 'the body is longer than {max} bytes',
    hint: 'put it into a file and name the file',
    http: 413,
    exit: 2,
  },
  'cursor.gone': {
    message: 'the journal no longer holds what came after {cursor}: it begins at {first}',
    hint: 'read the lists again, then follow from "cursor" of GET /api/health; since=0 begins with what is left',
    http: 409,
    exit: 4,
  },
  'cursor.future': {
    message: 'nothing has the cursor {cursor} yet: the newest is {newest}',
    hint: 'read the lists again, then follow from "cursor" of GET /api/health',
    http: 400,
    exit: 2,
  },
  'stream.slow': {
    message: 'this client did not read for {seconds} s',
    hint: 'connect again with Last-Event-ID: nothing is lost',
    http: 503,
    exit: 1,
  },
  'stream.many': {
    message: '{count} streams are open, which is the most there may be',
    hint: 'close some, or ask again later',
    http: 503,
    exit: 1,
  },
  'store.newer': {
    message: '{file} was written by a newer amux (schema {found}; this one knows {known})',
    hint: 'update amux, or use another --home',
    http: 503,
    exit: 1,
  },
  'store.newer-entry': {
    message: '{file}:{line} was written by a newer amux (this one does not know "{what}")',
    hint: 'update amux, or use another --home',
    http: 503,
    exit: 1,
  },
  'store.corrupt': {
    message: '{file} cannot be read: {why}',
    hint: 'it was left as it is; amux serve moves it aside and goes on with what the journal holds',
    http: 503,
    exit: 1,
  },
  'store.write': {message: 'cannot write {file}: {why}', hint: 'check disk space and rights there', http: 503, exit: 1},
  'store.read': {message: 'cannot read {file}: {why}', hint: 'check the rights there', http: 503, exit: 1},
  'store.full': {
    message: 'only {left} are free on the disk of {home}',
    hint: 'free some space there: what was refused can then be asked again, the rest goes on by itself',
    http: 503,
    exit: 1,
  },
  'store.trouble': {message: '{why}', hint: 'it is tried again until it goes on', http: 503, exit: 1},
  'home.rights': {
    message: 'cannot {act} the home {home}: {why}',
    hint: 'give this user the rights, or choose another with --home or AMUX_HOME',
    http: 503,
    exit: 1,
  },
  'supervisor.locked': {
    message: 'another amux (pid {pid}) supervises {home}',
    hint: 'amux serve --stop ends it; sessions live on',
    http: 409,
    exit: 4,
  },
  'serve.running': {
    message: 'this home is served at {url} already (pid {pid})',
    hint: 'amux serve --stop ends it, and sessions live on; then start it as you want it',
    http: 409,
    exit: 4,
  },
  'port.taken': {
    message: 'port {port} is taken by {holder}',
    hint: 'choose another with --port, or leave --port away and amux finds one',
    http: 409,
    exit: 4,
  },
  'listen.failed': {
    message: 'cannot listen on {host}, port {port}: {why}',
    hint: 'choose another with --host and --port',
    http: 503,
    exit: 1,
  },
  'certificate.unusable': {message: 'cannot use {file}: {why}', hint: '{next}', http: 422, exit: 1},
  'supervisor.none': {
    message: 'no supervisor runs for {home}',
    hint: 'amux serve --detach starts one (autostart is off in the configuration)',
    http: 503,
    exit: 5,
  },
  'supervisor.unreachable': {
    message: 'no answer from {target}: {why}',
    hint: 'amux doctor looks for the cause',
    http: 503,
    exit: 5,
  },
  'supervisor.lost': {
    message: 'there is no connection: nothing was done',
    hint: 'it is tried again; what is shown is stale until then',
    http: 503,
    exit: 5,
  },
  'supervisor.untrusted': {
    message: 'the certificate of {target} is not trusted: {why}',
    hint: '{next}',
    http: 503,
    exit: 5,
  },
  'supervisor.other': {
    message:
      'the supervisor of this home is another amux ({theirs}) than this command ({ours}), and they differ: {why}',
    hint: 'amux serve --stop ends it, and the next command starts this one; sessions go on',
    http: 503,
    exit: 1,
  },
  'supervisor.read-only': {
    message: 'this needs a supervisor, and none runs',
    hint: 'amux serve --detach starts one',
    http: 503,
    exit: 5,
  },
  'backend.failed': {
    message: 'the {backend} backend failed: {why}',
    hint: 'amux doctor looks for the cause',
    http: 503,
    exit: 1,
  },
  'backend.version': {
    message: 'the terminal host speaks protocol {found}; this amux speaks {known}',
    hint: 'amux stop --all with the amux that started it ends it',
    http: 503,
    exit: 1,
  },
  'terminal.none': {
    message: '{what} needs a terminal, and {stream} is not one',
    hint: 'scripts use amux ps, send and peek',
    http: 400,
    exit: 2,
  },
  'output.lost': {
    message: 'the output could not be written: {why}',
    hint: 'what the command did is done',
    http: 503,
    exit: 1,
  },
  'wait.timeout': {
    message: '{name} was not {until} within {timeout}; it is {activity}',
    hint: 'amux explain {name}',
    http: 409,
    exit: 1,
  },
  'wait.over': {
    message: '{name} was not {until} before it ended: it is {status} ({reason})',
    hint: 'amux logs {name} shows what it said last',
    http: 409,
    exit: 1,
  },
  'not-built': {message: '{what} is not built yet', hint: '{next}', http: 501, exit: 1},
  unexpected: {
    message: '{why}',
    hint: 'this is a fault of amux; amux doctor --json helps to report it',
    http: 500,
    exit: 1,
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;
export type Facts = Record<string, string | number>;

/** An error with a code of the table and the facts of this case. */
export class AmuxError extends Error {
  readonly code: ErrorCode;
  readonly facts: Facts;
  readonly hint: string;

  constructor(code: ErrorCode, facts: Facts = {}, cause?: unknown) {
    super(fill(errorTable[code].message, facts), cause === undefined ? undefined : {cause});
    this.name = 'AmuxError';
    this.code = code;
    this.facts = facts;
    this.hint = fill(errorTable[code].hint, facts);
  }

  get http(): number {
    return errorTable[this.code].http;
  }

  get exit(): ExitCode {
    return errorTable[this.code].exit;
  }

  toJSON(): {code: ErrorCode; message: string; hint: string; facts: Facts} {
    return {code: this.code, message: this.message, hint: this.hint, facts: this.facts};
  }
}

/** Any thrown value as an AmuxError; unknown ones become `unexpected` with their message. */
export function asAmuxError(error: unknown): AmuxError {
  if (error instanceof AmuxError) return error;
  return new AmuxError('unexpected', {why: error instanceof Error ? error.message : String(error)}, error);
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code);
}

function fill(template: string, facts: Facts): string {
  return template.replace(/\{([\w-]+)\}/g, (whole, key: string) => (key in facts ? String(facts[key]) : whole));
}
