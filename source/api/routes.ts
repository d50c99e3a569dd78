import {z} from 'zod';
import {type OpenApi, openApi} from './openapi.ts';
import {type Route, route} from './route.ts';
import {accessRoutes} from './routes/access.ts';
import {approvalRoutes} from './routes/approvals.ts';
import {boardRoutes} from './routes/board.ts';
import {bulkRoutes} from './routes/bulk.ts';
import {knowledgeRoutes} from './routes/knowledge.ts';
import {lifeRoutes} from './routes/life.ts';
import {mcpRoutes} from './routes/mcp.ts';
import {noticeRoutes} from './routes/notices.ts';
import {scheduleRoutes} from './routes/schedules.ts';
import {sessionRoutes} from './routes/sessions.ts';
import {spendingRoutes} from './routes/spending.ts';
import {steeringRoutes} from './routes/steering.ts';
import {streamRoutes} from './routes/streams.ts';
import {systemRoutes} from './routes/system.ts';
import {terminalRoutes} from './routes/terminals.ts';
import {workspaceRoutes} from './routes/workspaces.ts';

let document: OpenApi | null = null;

const documentRoute = route({
  method: 'GET',
  url: '/api/openapi.json',
  role: 'viewer',
  summary: 'This API as OpenAPI 3.1',
  result: z.looseObject({openapi: z.literal('3.1.0')}),
  handler: async () => {
    document ??= openApi(routes, streamRoutes);
    return document;
  },
});

/** Every route that answers once. */
export const routes: readonly Route[] = [
  ...systemRoutes,
  documentRoute,
  ...sessionRoutes,
  ...lifeRoutes,
  ...steeringRoutes,
  ...bulkRoutes,
  ...approvalRoutes,
  ...terminalRoutes,
  ...boardRoutes,
  ...knowledgeRoutes,
  ...workspaceRoutes,
  ...mcpRoutes,
  ...noticeRoutes,
  ...spendingRoutes,
  ...scheduleRoutes,
  ...accessRoutes,
];

/** Every route that stays. */
export {streamRoutes};
