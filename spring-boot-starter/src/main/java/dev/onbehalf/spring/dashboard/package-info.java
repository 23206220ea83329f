/**
 * The picture of the pool: a page that shows, live, who holds the budget's places and who waits.
 *
 * <pre>
 *   DashboardServlet   the page's three files, and the stream
 *   Viewer             one who looks
 *   Watch              the one sampler for all who look
 *   Picture            what is drawn, from look to look
 *   AcquireTimes       how long acquisitions took
 *   Verdict            all of it in a sentence
 * </pre>
 */
@NullMarked
package dev.onbehalf.spring.dashboard;

import org.jspecify.annotations.NullMarked;
