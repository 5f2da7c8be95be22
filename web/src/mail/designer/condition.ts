/** Components that are shown to some only: a condition before them, and its end behind them. */
import { JINJA, type DesignerComponent } from '@/mail/designer/setup';

const CONDITION = /^\{%[-+]?\s*if\s+([\s\S]*?)\s*[-+]?%\}$/;
const END = /^\{%[-+]?\s*endif\s*[-+]?%\}$/;

/** The condition that a component alone stands under; empty where it stands under none. */
export function conditionOf(component: DesignerComponent): string {
  const [before, after] = around(component);
  if (before === undefined || after === undefined || !END.test(codeOf(after))) return '';
  return CONDITION.exec(codeOf(before))?.[1] ?? '';
}

export function setCondition(component: DesignerComponent, condition: string): void {
  const [before, after] = around(component);
  const parent = component.parent();
  if (parent === undefined) return;
  const has = conditionOf(component) !== '';
  if (has && condition === '') {
    before?.remove();
    after?.remove();
  } else if (has) before?.addAttributes({ code: encodeURIComponent(`{% if ${condition} %}`) });
  else if (condition !== '') {
    const at = component.index();
    parent.append(chip('{% endif %}'), { at: at + 1 });
    parent.append(chip(`{% if ${condition} %}`), { at });
  }
}

function around(component: DesignerComponent): (DesignerComponent | undefined)[] {
  const siblings = component.parent()?.components();
  const at = component.index();
  const chipAt = (index: number) => {
    const found = siblings?.at(index);
    return index >= 0 && found?.get('type') === JINJA ? found : undefined;
  };
  return [chipAt(at - 1), chipAt(at + 1)];
}

function codeOf(component: DesignerComponent): string {
  return decodeURIComponent(String(component.getAttributes().code ?? ''));
}

function chip(code: string): string {
  return `<${JINJA} code="${encodeURIComponent(code)}"></${JINJA}>`;
}
