"""Menu and rules. Each replaces the one before, and reaches every till through the feed."""

from fastapi import APIRouter

from domain.configuration import OrderOffer, PointsRule
from domain.identifiers import ItemId, RuleId
from domain.menu import MenuItem
from sync_server.routes.hq.access import API_PREFIX, HqCaller
from sync_server.routes.hq.models import MenuModel, PublishedModel, RulesModel
from sync_server.use_cases.configuration import publish_menu, publish_rules

publishing = APIRouter(prefix=API_PREFIX, tags=["publishing"])


@publishing.put("/menu")
def put_menu(caller: HqCaller, menu: MenuModel) -> PublishedModel:
    """Publish a whole menu."""
    items = [
        MenuItem(
            item_id=ItemId(item.item_id),
            name=item.name,
            category=item.category,
            unit_price_fen=item.unit_price_fen,
            sold_out=item.sold_out,
        )
        for item in menu.items
    ]
    head = publish_menu(caller.context, caller.brand_id, menu.version, items, actor=caller.user_id)
    return PublishedModel(version=menu.version, feed_head=head)


@publishing.put("/rules")
def put_rules(caller: HqCaller, rules: RulesModel) -> PublishedModel:
    """Publish all price and points rules."""
    offers = [
        OrderOffer(
            rule_id=RuleId(offer.rule_id),
            name=offer.name,
            threshold_fen=offer.threshold_fen,
            saving_fen=offer.saving_fen,
            priority=offer.priority,
            excluded_categories=tuple(offer.excluded_categories),
        )
        for offer in rules.offers
    ]
    points = rules.points
    head = publish_rules(
        caller.context,
        caller.brand_id,
        rules.version,
        offers=offers,
        points=PointsRule(
            name=points.name,
            earned_per_yuan=points.earned_per_yuan,
            value_fen=points.value_fen,
            step=points.step,
            cap_basis_points=points.cap_basis_points,
            offline_limit=points.offline_limit,
        ),
        actor=caller.user_id,
    )
    return PublishedModel(version=rules.version, feed_head=head)
