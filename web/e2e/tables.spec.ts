import type { TableListed } from '../src/api/types';
import { count, expect, expectAccessible, labelOf, test } from './support';

test('tables show their columns, keys, links and size', async ({ page, server }) => {
  const tables = await server.get<TableListed[]>('/tables');
  await page.goto('/tables');
  const list = page.getByRole('navigation', { name: 'Tables' });
  await expect(list.getByRole('link')).toHaveCount(tables.length);
  for (const table of tables) {
    await page.goto(`/tables?table=${table.name}`);
    const view = page.getByRole('region', { name: `Table ${table.label ?? table.name}` });
    await expect(view).toContainText(`Rows${table.rows === null ? '–' : count(table.rows)}`);
    const columns = view.getByRole('table', { name: 'Columns' });
    await expect(columns.getByRole('row')).toHaveCount(table.columns.length + 1);
    for (const key of table.primary_key) {
      const row = columns.getByRole('row').filter({ hasText: new RegExp(`^${key} ?key`) });
      await expect(row).toHaveCount(1);
    }
    for (const { to } of table.links) {
      const target = tables.find(({ name }) => name === to);
      await expect(view).toContainText(labelOf(target ?? {}, to));
    }
  }
  await expectAccessible(page);
});
