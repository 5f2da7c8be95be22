import { testOf } from '@/features/common/testStarter';

/** What a new document begins with: each field that it needs. */
const STARTERS: Record<string, string> = {
  channel: `kind: channel
name: my_channel
label: My channel
channel: email
category: marketing            # marketing | transactional
from: {name: My shop, address: hello@shop.example}
smtp: {host: mail.shop.example, port: 587, tls: starttls, username: me, password_env: SMTP_PASSWORD}
tracking: {opens: true, clicks: true}
unsubscribe: one-click
`,
  dimension: `kind: dimension
name: customers
table: customers
identity: customer_id
addresses: {email: email}
consent: {email: email_opt_in}
`,
  filter: `kind: filter
name: active_since
label: Active since
dimension: customers
parameters: {days: {type: integer, default: 30}}
where: {field: last_seen, operator: ">=", value: "now-{{days}}d"}
`,
  calendar: `kind: calendar
name: holidays
label: Holidays
dates:
  - {yearly: 12-25, label: Christmas}
  - {from: 2026-12-28, until: 2026-12-31, label: Between the years}
`,
  table: `kind: table
name: shops
columns:
  - {name: shop_id, type: string, required: true}
  - {name: city, type: string}
primary_key: [shop_id]
`,
  audience: `kind: audience
name: regulars
label: Regulars
dimension: customers
`,
  test: testOf('winback'),
  template: `kind: template
name: newsletter
label: Newsletter
parameters:
  people: {type: dimension, label: Whom to write to, default: customers}
campaign:                     # a campaign without kind and name
  canvas:
    activities:
      - {id: everyone, type: build-audience, dimension: "\${people}"}
      - {id: end, type: end}
    transitions:
      - {from: everyone, to: end}
`,
};

export function starterOf(kind: string): string {
  return STARTERS[kind] ?? `kind: ${kind}\nname: new\n`;
}
