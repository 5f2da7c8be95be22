import { UnstyledButton } from '@mantine/core';
import { componentName } from '@/mail/designer/names';
import { JINJA, type DesignerComponent, type DesignerEditor } from '@/mail/designer/setup';
import { t } from '@/i18n';
import classes from '@/mail/designer/designer.module.css';

/** Words of a component that its line shows. */
const WORDS_MAX = 36;

/** All components of the message in order, for those who do not work by mouse. */
export function Outline({
  editor,
  selected,
}: {
  editor: DesignerEditor;
  selected: DesignerComponent | undefined;
}) {
  const body = editor.getWrapper()?.findType('mj-body')[0];
  const lines = body === undefined ? [] : linesOf(body, 0);
  return (
    <section aria-label={t('designer.outline')} className={classes.outline}>
      <h2 className={classes.sideTitle}>{t('designer.outline')}</h2>
      <ol className={classes.outlineList}>
        {lines.map(({ component, depth }) => (
          <li key={component.getId()}>
            <UnstyledButton
              className={classes.outlineLine}
              aria-current={component === selected}
              style={{ paddingLeft: 8 + depth * 12 }}
              onClick={() => {
                editor.select(component);
                editor.Canvas.scrollTo(component);
              }}
            >
              {labelOf(component)}
            </UnstyledButton>
          </li>
        ))}
      </ol>
    </section>
  );
}

function linesOf(
  component: DesignerComponent,
  depth: number,
): { component: DesignerComponent; depth: number }[] {
  const inside = component
    .components()
    .models.filter((each) => String(each.get('tagName')).startsWith('mj-'))
    .flatMap((each) => linesOf(each, depth + 1));
  return [{ component, depth }, ...inside];
}

function labelOf(component: DesignerComponent): string {
  const type = String(component.get('type'));
  if (type === JINJA) return decodeURIComponent(String(component.getAttributes().code ?? ''));
  const words = ['mj-text', 'mj-button'].includes(type)
    ? component
        .getInnerHTML()
        .replaceAll(/<[^>]*>/g, ' ')
        .replaceAll(/&nbsp;|\s+/g, ' ')
        .trim()
    : '';
  return words === '' ? componentName(type) : words.slice(0, WORDS_MAX);
}
