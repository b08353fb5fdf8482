// Makes graphiql.html.gz: `npm ci --legacy-peer-deps && node build.mjs`. The same parts give the same bytes.
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const { renderGraphiQL } = createRequire(import.meta.url)('@graphql-yoga/render-graphiql');

const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#005e8c"/>' +
  '<path d="M4 8.5 7 11.5 12 4.5" fill="none" stroke="#fff" stroke-width="2"/></svg>';

const page = renderGraphiQL({
  endpoint: '/graphql',
  title: 'Ärende – GraphiQL',
  favicon: 'data:image/svg+xml,' + encodeURIComponent(icon).replaceAll("'", '%27'),
  // A token is a secret: it is gone when the page is.
  shouldPersistHeaders: false,
  headers: '{\n  "authorization": "Bearer "\n}',
  defaultQuery:
    '# Put a token behind "Bearer " under Headers\n' +
    '# below, then press Ctrl-Enter. `arende demo`\n' +
    '# prints one for each role, `arende token` more.\n\n' +
    'query Viewer {\n  viewer {\n    actor {\n      capacity\n      unit { id name }\n    }\n    permissions\n    expiresAt\n  }\n}\n',
});
writeFileSync(new URL('graphiql.html.gz', import.meta.url), gzipSync(page, { level: 9 }));
