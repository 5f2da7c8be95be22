/** All words of the app in English, by area. `{name}` takes a value, `{n#row|rows}` one of two words by the number `n`. */
import { activities } from '@/i18n/en/activities';
import { campaigns } from '@/i18n/en/campaigns';
import { canvas } from '@/i18n/en/canvas';
import { data } from '@/i18n/en/data';
import { fields } from '@/i18n/en/fields';
import { general } from '@/i18n/en/general';
import { library } from '@/i18n/en/library';
import { mail } from '@/i18n/en/mail';
import { operating } from '@/i18n/en/operating';
import { people } from '@/i18n/en/people';
import { rules } from '@/i18n/en/rules';
import { runs } from '@/i18n/en/runs';
import { settings } from '@/i18n/en/settings';

export const en = {
  ...activities,
  ...campaigns,
  ...canvas,
  ...data,
  ...fields,
  ...general,
  ...library,
  ...mail,
  ...operating,
  ...people,
  ...rules,
  ...runs,
  ...settings,
};
