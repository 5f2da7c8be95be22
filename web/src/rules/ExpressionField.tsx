import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, type ReactNode } from 'react';
import { checkExpression, useFunctions, type ExpressionQuestion } from '@/api/questions';
import { t } from '@/i18n';
import { namesTheRun } from '@/rules/edit';
import { ownCandidates } from '@/rules/candidates';
import { typeLabel, type Scope } from '@/rules/scope';
import { sentence } from '@/ui/format';
import classes from '@/rules/rules.module.css';

const ExpressionInput = lazy(async () => ({
  default: (await import('@/rules/ExpressionInput')).ExpressionInput,
}));
/** An expression is checked when typing settles. */
const SETTLE_MS = 300;

interface Props {
  scope: Scope;
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
  /** Whether it is over many linked rows. */
  aggregates?: boolean;
  /** What stands behind it, by the type of the expression where it is known. */
  children?: (type: string | undefined) => ReactNode;
}

/** An expression with completion, its type, and what is wrong with it as one types. */
export function ExpressionField({
  scope,
  label,
  placeholder,
  value,
  onChange,
  aggregates = false,
  children,
}: Props) {
  const question: ExpressionQuestion = {
    dimension: scope.dimension,
    link: scope.way === '' ? undefined : scope.way,
    expression: value,
    aggregates,
    ...scope.setting,
    ...scope.place,
  };
  const [settled] = useDebouncedValue(JSON.stringify(question), SETTLE_MS);
  const functions = useFunctions();
  const plain = scope.added.length === 0 && !namesTheRun(value);
  const known = scope.dimension !== '' && (scope.place !== undefined || plain);
  const askable = value.trim() !== '' && known;
  const checked = useQuery({
    queryKey: ['check', settled],
    queryFn: ({ signal }) => checkExpression(JSON.parse(settled) as ExpressionQuestion, signal),
    enabled: askable,
    retry: false,
  }).data;
  const problem = askable
    ? checked?.problems.find(({ severity }) => severity !== 'warning')
    : undefined;
  const type = askable && checked?.valid === true ? checked.type : undefined;
  return (
    <>
      <div className={classes.expression}>
        <Suspense fallback={<span className={classes.mono}>{value}</span>}>
          <ExpressionInput
            label={label}
            placeholder={placeholder}
            question={question}
            own={ownCandidates(scope, functions)}
            invalid={problem !== undefined}
            onChange={onChange}
          />
        </Suspense>
        {problem !== undefined && (
          <p className={classes.wrong} role="alert">
            {sentence(problem.message)}
            {problem.hint !== undefined && problem.hint !== null && ` ${sentence(problem.hint)}`}
          </p>
        )}
        {type !== undefined && (
          <small className={classes.muted}>{t('rules.isOfType', { type: typeLabel(type) })}</small>
        )}
      </div>
      {children?.(type)}
    </>
  );
}
