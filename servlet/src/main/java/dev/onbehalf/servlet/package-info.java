/**
 * The door of a web application: {@link dev.onbehalf.servlet.OnBehalfFilter} proves who is behind a
 * request, and its work runs as that person. For any Jakarta Servlet container; Spring Boot's
 * starter is built on it.
 */
@NullMarked
package dev.onbehalf.servlet;

import org.jspecify.annotations.NullMarked;
