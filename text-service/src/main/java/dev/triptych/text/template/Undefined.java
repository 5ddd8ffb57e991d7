package dev.triptych.text.template;

/**
 * What a name or member stands for that there is not: false, empty, and an error where it is used for more.
 *
 * @param name which
 */
record Undefined(String name) {

    TemplateException used() {
        return new TemplateException("'" + name + "' is undefined");
    }
}
