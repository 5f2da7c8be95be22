import { describe, expect, it } from 'vitest';
import { formatMjml, fromDesigner, isDesignable, toDesigner } from '@/mail/designerText';
import { jinjaParts } from '@/mail/jinja';

const MJML = `<mjml lang="en">
  <mj-head>
    <mj-title>{{ subject }}</mj-title>
  </mj-head>
  <mj-body background-color="#fff">
    {% if vip == "yes" %}
    <mj-section>
      <mj-column>
        <mj-text>Hello {{ name | default("you") }}{% if a < b %} & co{% endif %}</mj-text>
        <mj-image src="https://x.example/{{ id }}.png" alt="{{ title | default("x") }}" />
        {% for order in orders %}
        <mj-text>{{ order.total }}</mj-text>
        {% endfor %}
      </mj-column>
    </mj-section>
    {% endif %}
  </mj-body>
</mjml>
`;

describe('the designer', () => {
  it('gets what survives HTML', () => {
    const { body, head, attributes } = toDesigner(MJML);
    expect(head).toContain('<mj-title>');
    expect(attributes).toBe('lang="en"');
    expect(body).toContain(
      '<mj-jinja code="%7B%25%20if%20vip%20%3D%3D%20%22yes%22%20%25%7D"></mj-jinja>',
    );
    expect(body).toContain('{{ name | default(&quot;you&quot;) }}{% if a &lt; b %}');
    expect(body).toContain(`alt="{{ title | default('x') }}"></mj-image>`);
    expect(body.match(/<mj-jinja/g)).toHaveLength(4);
  });

  it('gives back what it got', () => {
    const text = toDesigner(MJML);
    // What the designer makes of its own elements.
    const shown = text.body.replaceAll(
      /<mj-jinja code="([^"]*)"><\/mj-jinja>/g,
      (_, code: string) => decodeURIComponent(code),
    );
    const back = fromDesigner(shown, text);
    expect(back).toBe(
      MJML.replace(
        'alt="{{ title | default("x") }}" />',
        `alt="{{ title | default('x') }}"></mj-image>`,
      ),
    );
  });

  it('keeps rows of tables where they are', () => {
    const text = toDesigner(
      '<mjml><mj-body><mj-section><mj-column><mj-text><table><tr></tr>{% for o in os %}<tr><td>{% if o %}1{% endif %}</td></tr>{% endfor %}</table></mj-text></mj-column></mj-section></mj-body></mjml>',
    );
    expect(text.body).toContain('<!--{% for o in os %}--><tr>');
    expect(text.body).toContain('<td>{% if o %}1{% endif %}</td>');
    expect(fromDesigner(text.body, text)).toContain('<tr></tr>{% for o in os %}<tr>');
  });

  it('knows what it cannot show', () => {
    expect(isDesignable('<mjml><mj-body></mj-body></mjml>')).toBe(true);
    expect(isDesignable('<p>Hello</p>')).toBe(false);
  });
});

describe('MJML', () => {
  it('is written one component to a line', () => {
    const text =
      '<mjml><mj-body><mj-section a="1 > 0"><mj-column><mj-text>a <b>b</b>\n c</mj-text><mj-spacer/></mj-column><mj-column></mj-column></mj-section></mj-body></mjml>';
    const lines = [
      '<mjml>',
      '  <mj-body>',
      '    <mj-section a="1 > 0">',
      '      <mj-column>',
      '        <mj-text>a <b>b</b>\n c</mj-text>',
      '        <mj-spacer/>',
      '      </mj-column>',
      '      <mj-column></mj-column>',
      '    </mj-section>',
      '  </mj-body>',
      '</mjml>',
      '',
    ];
    expect(formatMjml(text)).toBe(lines.join('\n'));
    expect(formatMjml(formatMjml(text))).toBe(formatMjml(text));
  });
});

describe('parts of Jinja', () => {
  it.each([
    ['plain { text', []],
    ['{{ a }}b{% if c -%}{# d #}', ['{{ a }}', '{% if c -%}', '{# d #}']],
    [`{{ a | default('}}') }}`, [`{{ a | default('}}') }}`]],
    ['{% raw %}{{ a }}{% endraw %}{{ b }}', ['{% raw %}', '{% endraw %}', '{{ b }}']],
    ['{{ a', []],
  ])('%s', (text, expected) => {
    expect(jinjaParts(text).map(({ from, to }) => text.slice(from, to))).toEqual(expected);
  });
});
