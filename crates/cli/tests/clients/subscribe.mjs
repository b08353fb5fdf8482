// A case is sent while three clients watch the unit's inbox: graphql-ws, graphql-sse, and graphql-ws
// once more, which resumes from before the case. Each must see it, once.
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import WebSocket from 'ws';

const { ARENDE_URL, ARENDE_RECEIVER, ARENDE_RESIDENT, ARENDE_UNIT, ARENDE_TYPE } = process.env;
const query = 'subscription S($after: Position) { inboxChanged(after: $after) { position kind eventType caseId } }';

const ask = async (token, query, variables) => {
  const response = await fetch(`${ARENDE_URL}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
};
const ws = () =>
  createWsClient({
    url: `${ARENDE_URL.replace('http', 'ws')}/graphql/ws`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${ARENDE_RECEIVER}` },
    retryAttempts: 0,
  });
const sse = createSseClient({
  url: `${ARENDE_URL}/graphql`,
  headers: { authorization: `Bearer ${ARENDE_RECEIVER}` },
  retryAttempts: 0,
});

const { extensions } = await ask(ARENDE_RECEIVER, '{ viewer { expiresAt } }');
const variables = { after: extensions.position };
const clients = [ws(), sse, ws()];
const first = async (client) => {
  for await (const result of client.iterate({ query, variables })) {
    if (result.errors) throw new Error(JSON.stringify(result.errors));
    return result.data.inboxChanged;
  }
  throw new Error('the stream ended');
};
const early = clients.slice(0, 2).map(first);
const input = {
  idempotencyKey: 'clients', unitId: ARENDE_UNIT, caseTypeId: ARENDE_TYPE, formVersion: 1, termsVersion: 1,
  answers: ['subject', 'message'].map((field) => ({ field, value: { text: 'Hej' } })),
};
const sent = await ask(ARENDE_RESIDENT, 'mutation M($input: SubmitCaseInput!) { submitCase(input: $input) { case { id } position userErrors { message } } }', { input });
const { case: submitted, position, userErrors } = sent.data.submitCase;
if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors));
const seen = await Promise.all([...early, first(clients[2])]);
for (const change of seen) {
  const expected = { position, kind: 'ENTERED', eventType: 'CASE_SUBMITTED', caseId: submitted.id };
  if (JSON.stringify(change) !== JSON.stringify(expected)) throw new Error(`saw ${JSON.stringify(change)}`);
}
console.log(`${seen.length} clients saw the case`);
for (const client of clients) client.dispose();
process.exit(0);
