package dev.onbehalf.rowsecurity;

/**
 * What one rule says of one object.
 *
 * <pre>{@code
 * for (Finding finding : report.findings()) {
 *   System.out.println(finding.id() + " " + finding.object() + ": " + finding.sentence());
 * }
 * }</pre>
 *
 * <p>Immutable.
 *
 * @param id the rule's, stable over versions
 * @param object what it is about, names quoted where SQL quotes them: {@code shop.orders}, {@code
 *     shop.orders policy own}
 * @param sentence what somebody could do
 * @param mend the SQL that ends it, to be read before it is run
 * @param manual the page of PostgreSQL's manual that says so, a URL
 * @param plan for what is slow, where it is {@linkplain Scope#measured() measured}: how the server
 *     reads the table for a person before the mend and after it, or why that is not known; else
 *     empty
 */
public record Finding(
    String id,
    Severity severity,
    String object,
    String sentence,
    String mend,
    String manual,
    String plan) {}
