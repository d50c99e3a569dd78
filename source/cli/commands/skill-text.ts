/** What `amux skill` prints: for a skills folder, CLAUDE.md or AGENTS.md. Each command in it is run by a test. */
export const skillText = `---
name: amux-board
description: Work from the amux board. Use it when you have no task, when you begin, finish or give up a card, and when you found out something that other agents should know.
---

# Working from the amux board

You are one of several agents in a fleet that amux runs. The work is on one board: cards in the columns backlog, todo,
doing, review, done. A card is claimed before it is worked on, so that nobody does it twice. You hold one card at a time.

Inside a session \`amux\` knows who you are: \`AMUX_URL\` holds your own token, \`AMUX_SESSION\` your name. Each step is
shown twice, as a command and as an HTTP call: use the one that you may run. If you have the MCP server \`amux\`, its
tools do the same: memory_read, board_next, board_update, board_done, board_release, notes_add, send.

## 1. Read what the fleet knows

\`\`\`sh
amux memory
amux memory show project-conventions.md
amux notes search payments
\`\`\`

\`\`\`sh
curl -sk "$AMUX_URL/api/memory/project-conventions.md"
curl -sk "$AMUX_URL/api/notes?q=payments"
\`\`\`

A file that is not there is no error of yours: go on without it.

## 2. Claim a card

\`\`\`sh
amux board claim --next
\`\`\`

\`\`\`sh
curl -sk -X POST -d '{}' "$AMUX_URL/api/board/next"
\`\`\`

It prints the card: remember its id (here \`AMX-1\`), read its description, and do what it says and no more. Exit code 3
(404) means that no card is free: say so and stop. Exit code 4 (409) means that you hold one already, or that somebody
was faster: \`amux board --session "$AMUX_SESSION"\` shows yours. A particular card is claimed by its id:

\`\`\`sh
amux board claim AMX-1
\`\`\`

## 3. Work

- The claim is a lease of 30 minutes. It is renewed by itself by what you do: there is nothing to send.
- Mind your context. When the conversation before this card is long, compact it right after the claim (\`/compact\`), so
  that the card has room; the board keeps its text, and \`amux board show\` prints it again.
- Read only the files that you need, and print only the lines that you need of long output.
- When a step is done, or the plan changes, put that into the description. It is replaced as a whole:

\`\`\`sh
amux board show AMX-1
amux board edit AMX-1 --desc "What is asked. Done: the parser. Left: its tests."
\`\`\`

\`\`\`sh
curl -sk "$AMUX_URL/api/board/AMX-1"
curl -sk -X PATCH -d '{"desc":"What is asked. Done: the parser. Left: its tests."}' "$AMUX_URL/api/board/AMX-1"
\`\`\`

- Work that you find beside your card is a card of its own, not part of yours:

\`\`\`sh
amux board add "Flaky test in parser" --priority 3 --tag tests
\`\`\`

## 4. End it

Done, or to be looked at by somebody, or given back with the reason:

\`\`\`sh
amux board done AMX-1 --reason "PR 12 is merged"
amux board move AMX-1 review --reason "PR 12 is open"
amux board release AMX-1 --reason "needs access to staging"
\`\`\`

\`\`\`sh
curl -sk -X PATCH -d '{"status":"done"}' "$AMUX_URL/api/board/AMX-1"
curl -sk -X POST -d '{"reason":"needs access to staging"}' "$AMUX_URL/api/board/AMX-1/release"
\`\`\`

If you are told that the claim is over, somebody else has the card: stop, and do not write to it any more.

## 5. Tell the others

A note is for what somebody else will need: a trap, a decision, where something is. The memory is for what always holds.

\`\`\`sh
amux notes add "The payments sandbox refuses cards that end in 0" --tag payments
amux send reviewer "AMX-1 is ready for your review"
\`\`\`

\`\`\`sh
curl -sk -X POST -d '{"text":"The payments sandbox refuses cards that end in 0","tags":["payments"]}' "$AMUX_URL/api/notes"
curl -sk -X POST -d '{"text":"AMX-1 is ready for your review"}' "$AMUX_URL/api/sessions/reviewer/send"
\`\`\`

Then go back to step 2.
`;
