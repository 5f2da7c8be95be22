import type { Rule } from '@/api/types';
import { describeRule, type RuleLine } from '@/rules/words';
import classes from '@/rules/rules.module.css';

/** A rule, read as sentences. */
export function RuleTree({ rule, label }: { rule: Rule; label: string }) {
  return (
    <ul className={classes.tree} aria-label={label}>
      <Line line={describeRule(rule)} />
    </ul>
  );
}

function Line({ line }: { line: RuleLine }) {
  return (
    <li>
      {line.parts.map((part, index) => (
        <span key={index}>
          {index > 0 && ' '}
          <span className={classes[part.kind]}>{part.text}</span>
        </span>
      ))}
      {line.children.length > 0 && (
        <ul>
          {line.children.map((child, index) => (
            <Line key={index} line={child} />
          ))}
        </ul>
      )}
    </li>
  );
}
