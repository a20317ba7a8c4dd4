"""Menu and rules. Each replaces the one before, and reaches every till through the feed."""

from fastapi import APIRouter

from sync_server.routes.hq.access import API_PREFIX, HqCaller
from sync_server.routes.hq.bodies import Menu, Rules, Written, takes
from sync_server.routes.hq.models import PublishedModel
from sync_server.use_cases.configuration import publish_menu, publish_rules
from sync_server.use_cases.strict_reading import read_written

publishing = APIRouter(prefix=API_PREFIX, tags=["publishing"])


@publishing.put("/menu", openapi_extra=takes(Menu))
def put_menu(caller: HqCaller, written: Written) -> PublishedModel:
    """Publish a whole menu."""
    menu = read_written(written, Menu)
    head = publish_menu(
        caller.context, caller.brand_id, menu.version, menu.items, actor=caller.user_id
    )
    return PublishedModel(version=menu.version, feed_head=head)


@publishing.put("/rules", openapi_extra=takes(Rules))
def put_rules(caller: HqCaller, written: Written) -> PublishedModel:
    """Publish the rule book: price rules, points, fees and rounding."""
    rules = read_written(written, Rules)
    head = publish_rules(
        caller.context, caller.brand_id, rules.version, rules.book, actor=caller.user_id
    )
    return PublishedModel(version=rules.version, feed_head=head)
