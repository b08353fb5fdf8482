// GraphQL over HTTP, by the specification's own audits. Prints one line for each that does not hold.
import { serverAudits } from 'graphql-http';

const url = `${process.env.ARENDE_URL}/graphql`;
const audits = serverAudits({ url });
let held = 0;
for (const audit of audits) {
  const result = await audit.fn();
  if (result.status === 'ok') held += 1;
  else console.log(`${result.status}: ${audit.id} ${audit.name}: ${result.reason ?? ''}`);
}
console.log(`${held} of ${audits.length} audits hold`);
process.exit(held === audits.length ? 0 : 1);
