/** What a test of a campaign begins with: each part that it can have. */
export function testOf(campaign: string): string {
  return `kind: test
name: ${campaign}_does_what_it_should
campaign: ${campaign}
starts: 2026-10-19T08:00            # in the campaign's zone
until: 2026-10-26T08:00
rows: {}                            # rows of tables at the start: {customers: [{customer_id: 1}]}
steps: []                           # what happens meanwhile: [{at: 2026-10-20T10:00, approve: ok}]
expect:
  runs:
    - state: completed              # also counts, members, messages and activities
`;
}
