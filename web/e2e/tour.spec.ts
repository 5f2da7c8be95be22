import { expect, expectAccessible, test } from './support';

test('whoever comes for the first time is shown around the demo', async ({ page }) => {
  await page.goto('/campaigns');
  await page.evaluate(() => localStorage.setItem('tutti-tour', JSON.stringify('new')));
  await page.reload();
  const tour = page.getByRole('complementary', { name: 'Tour of the demo' });
  await expect(tour).toContainText('A campaign that has run');
  await expectAccessible(page);
  for (const [title, where] of [
    ['Who, and what happens to them', /spring_winback/],
    ['Every number opens its people', /spring_winback/],
    ['Every message is accounted for', /\/runs\/run_/],
    ['Change it', /edit=yes/],
    ['Now yours', /\/campaigns$/],
  ] as const) {
    await tour.getByRole('button', { name: 'Next' }).click();
    await expect(tour.getByRole('heading')).toHaveText(title);
    await expect(page).toHaveURL(where);
  }
  await tour.getByRole('button', { name: 'Done' }).click();
  await expect(tour).toBeHidden();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Campaigns' })).toBeVisible();
  await expect(tour).toBeHidden();
  await page.getByRole('button', { name: 'Take the tour' }).click();
  await expect(tour).toBeVisible();
});
