package com.example.shop;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What somebody wants to buy, in the HTTP session. */
@RestController
final class Cart {
  @PostMapping({"/cart", "/open/cart"})
  String put(HttpSession session, @RequestParam String item) {
    session.setAttribute("cart", item);
    return item;
  }

  @GetMapping({"/cart", "/open/cart"})
  String cart(HttpServletRequest request) {
    HttpSession session = request.getSession(false);
    return session == null
        ? "no session, %s %s"
            .formatted(request.isRequestedSessionIdValid(), request.getRequestedSessionId())
        : "cart " + session.getAttribute("cart");
  }

  /** As applications end what a session holds without ending the session. */
  @PostMapping("/cart/clear")
  String clear(@Nullable HttpSession session) {
    if (session != null) {
      Collections.list(session.getAttributeNames()).forEach(session::removeAttribute);
      session.setAttribute("cart", "after");
    }
    return "cleared";
  }

  @PostMapping("/cart/rename")
  String rename(HttpServletRequest request) {
    return request.changeSessionId();
  }
}
