package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;

/**
 * A view that shows people their own rows, and lets their own functions look at the others first.
 */
final class ViewWithoutBarrier implements Rule {
  @Override
  public String id() {
    return "view-without-barrier";
  }

  @Override
  public String manual() {
    return "rules-privileges.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation view : catalog.reported()) {
      Reach reach = catalog.reach(view, "SELECT");
      boolean isFilter =
          view.isView() && !view.isInvoker() && !view.isBarrier() && Views.filters(catalog, view);
      if (isFilter && !reach.isNobody()) {
        findings.error(
            view,
            "%s can have a function of their own see every row of %s before the view's condition does."
                .formatted(reach.who(), view),
            "ALTER VIEW %s SET (security_barrier = true);".formatted(view.quoted()));
      }
    }
  }
}
