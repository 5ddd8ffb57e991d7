"""Chat templates with what Hugging Face's ``apply_chat_template`` makes of them, for the template engine of the Java side."""

from __future__ import annotations

import copy
from pathlib import Path

from jinja2.exceptions import TemplateError
from transformers.utils.chat_template_utils import _compile_jinja_template

from foundry.fixture_texts import write_json

CHATS = {
    "question": [{"role": "user", "content": "  What is a printer?  "}],
    "system": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"},
               {"role": "assistant", "content": "<think>\nLet me see.\n</think>\n\nHello!"}, {"role": "user", "content": "Bye 漢字 😀"}],
    "tools": [{"role": "user", "content": "Weather?"},
              {"role": "assistant", "content": "", "tool_calls": [
                  {"type": "function", "function": {"name": "weather", "arguments": {"city": "Köln", "days": 2, "exact": True, "unit": None}}}]},
              {"role": "tool", "content": "17.5"}, {"role": "user", "content": "Thanks"}],
    "parts": [{"role": "user", "content": [{"type": "text", "text": "one "}, {"type": "text", "text": "two"}]}],
    "wrong": [{"role": "assistant", "content": "I begin."}, {"role": "assistant", "content": "And go on."}],
}
TEMPLATES = {
    # Marks around every message, as the ChatML family writes them.
    "chatml": "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] | trim + '<|im_end|>' + '\\n' }}{% endfor %}"
              "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
    # Roles that must take turns; the system message goes into the first question.
    "turns": "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set start = messages[0]['content'] ~ '\\n\\n' %}"
             "{% set rest = messages[1:] %}{% else %}{% set start = '' %}{% set rest = messages %}{% endif %}"
             "{% for m in rest %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}"
             "{{ raise_exception('Roles must take turns: ' ~ m.role) }}{% endif %}"
             "{{ '[' ~ (start if loop.first else '') ~ m['content'].strip() ~ ']' }}{% if not loop.last %}{{ eos_token }}{% endif %}{% endfor %}",
    # Searches backwards for the last question and cuts thoughts from the answers before it.
    "thoughts": """
{%- set ns = namespace(found=false, last=messages|length - 1) %}
{%- for m in messages[::-1] %}
    {%- set index = messages|length - 1 - loop.index0 %}
    {%- if not ns.found and m.role == "user" and m.content is string and not (m.content.startswith('<r>') and m.content.endswith('</r>')) %}
        {%- set ns.found = true %}
        {%- set ns.last = index %}
    {%- endif %}
{%- endfor %}
{%- for m in messages %}
    {%- set content = m.content if m.content is string else '' %}
    {%- if m.role == 'assistant' and '</think>' in content %}
        {%- set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
        {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- if loop.index0 > ns.last or thought is not defined %}
            {{- '(' ~ thought ~ ')' }}
        {%- endif %}
    {%- endif %}
    {{- '<' + m.role + '>' + content + '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<assistant>' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think></think>' }}
    {%- endif %}
{%- endif %}
""",
    # Tools, calls and their results, as JSON.
    "tools": """{%- if tools is defined and tools %}
    {{- 'You can call:\\n' }}
    {%- for tool in tools %}
        {{- tool | tojson }}
        {{- '\\n' ~ (tool | tojson(indent=2)) ~ '\\n' }}
    {%- endfor %}
{%- endif %}
{%- for m in messages %}
    {%- if m.tool_calls %}
        {%- for call in m.tool_calls %}
            {%- if call.function %}{%- set call = call.function %}{%- endif %}
            {{- '<call>' ~ call.name ~ ' ' ~ (call.arguments | tojson) ~ '</call>' }}
            {%- for key, value in call.arguments.items() %}{{ ' ' ~ key ~ '=' ~ value }}{% endfor %}
        {%- endfor %}
    {%- elif m.role == 'tool' %}
        {%- if loop.first or messages[loop.index0 - 1].role != 'tool' %}{{- '<results>' }}{%- endif %}
        {{- m.content }}
        {%- if loop.last or messages[loop.index0 + 1].role != 'tool' %}{{- '</results>' }}{%- endif %}
    {%- else %}
        {{- m.role + ': ' + m.content }}
    {%- endif %}
    {{- '\\n' }}
{%- endfor %}""",
    # A macro for contents in parts.
    "parts": """{%- macro text(content, mark='-') -%}
    {%- if content is string -%}{{ content }}
    {%- elif content is iterable and content is not mapping -%}
        {%- for part in content -%}{%- if part.type == 'text' -%}{{ mark ~ part.text | trim }}{%- endif -%}{%- endfor -%}
    {%- endif -%}
{%- endmacro -%}
{%- for m in messages -%}{{ m.role | capitalize }}: {{ text(m.content) }} {{ text(m.content, mark='*') | length }}
{% endfor %}""",
    # White space control and statements on lines of their own.
    "lines": """{# what follows
   is written line by line #}
{% for m in messages %}
    {% if m.role == 'user' %}
  <u> {{ m.content }}
    {% elif m.role == 'system' -%}
        <s>   {{- m.role }}
    {%+ else %}
  <a>
    {% endif %}
{% else %}
nothing
{% endfor %}

end
""",
    # Filters, tests, methods, arithmetic.
    "odds": "{{ messages | map(attribute='role') | join(', ') }}|{{ messages | selectattr('role', 'equalto', 'user') | list | length }}"
            "|{{ (messages | rejectattr('role', 'eq', 'user') | list)[0].role if messages | length > 1 else 'one' }}"
            "|{{ messages[-1].role.upper() }}|{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ 2 ** 3 }} {{ 7 / 2 }} {{ 'ab' * 2 }}"
            "|{{ messages[0].name | default('nobody') }}|{{ messages[0].get('name', 'none') }}|{{ none }} {{ true }} {{ [1, 'a', none] }}"
            "|{% for i in range(1, 6, 2) %}{{ i }}{{ ',' if not loop.last }}{% endfor %}|{{ 'a' in 'cat' and 3 not in [1, 2] }}"
            "|{{ {'b': 1, 'a': [true]} | tojson }}|{{ 'x y  z'.split() | join('-') }}|{{ 'a,b,c'.split(',', 1) | last }}"
            "|{{ 1 < 2 <= 2 }}|{{ 'Ab' | lower ~ 'c' }}|{{ ('a', 'b') | first }}|{% set x %}s{{ 1 }}{% endset %}{{ x }}"
            "|{% for k, v in {'p': 1, 'q': 2} | dictsort %}{{ k }}{{ v }}{% endfor %}"
            "|{% for m in messages if m.role == 'user' %}{{ loop.index }}/{{ loop.length }}{% if loop.index == 1 %}{% continue %}{% endif %}!{% endfor %}"
            "|{{ 'line\\nnext' | indent(2) }}|{{ 'abcdef'[1:-1] }}{{ 'abc'[::-1] }}|{{ messages[99] is defined }}|{{ '%' ~ 3.0 }}",
}
TOOLS = [{"type": "function", "function": {"name": "weather", "description": "Tells the \"weather\"", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]


def chat(folder: Path) -> None:
    cases = []
    for name, template in TEMPLATES.items():
        for chat_name, messages in CHATS.items():
            for extra in ({}, {"tools": TOOLS, "enable_thinking": False}):
                values = {"messages": copy.deepcopy(messages), "bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": not extra} | extra
                case = {"name": f"{name} {chat_name}", "template": template, "values": values}
                try:
                    case["rendered"] = _compile_jinja_template(template).render(**copy.deepcopy(values))
                except (TemplateError, TypeError) as error:
                    case["error"] = str(error)
                cases.append(case)
    write_json(folder / "golden-chat.json", cases)
