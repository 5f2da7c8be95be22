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
};

export function starterOf(kind: string): string {
  return STARTERS[kind] ?? `kind: ${kind}\nname: new\n`;
}
