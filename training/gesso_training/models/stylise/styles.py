"""The styles that ship: public-domain works, each with its credit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Work:
    """A work of the `paintings` set that becomes a named style."""

    id: str
    file: str
    title: str
    title_zh: str


SHIPPED: tuple[Work, ...] = (
    Work("great-wave", "artic_24645.jpg", "Great wave", "神奈川巨浪"),
    Work("starry-night", "starry_night_google.jpg", "Starry night", "星夜"),
    Work("scream", "the_scream.jpg", "The scream", "呐喊"),
    Work("parliament", "nga_46523.jpg", "Parliament at sunset", "国会大厦·日落"),
    Work("footbridge", "nga_74796.jpg", "Japanese footbridge", "日本桥"),
    Work("grande-jatte", "metmuseum_437658.jpg", "Grande Jatte study", "大碗岛习作"),
    Work("pink-cloud", "clevelandart_2020.106.jpg", "Pink cloud", "粉红的云"),
    Work("cypresses", "metmuseum_436535.jpg", "Wheat field with cypresses", "麦田与柏树"),
    Work("two-poplars", "artic_8980.jpg", "Two poplars", "两棵白杨"),
    Work("bewitched-mill", "artic_9021.jpg", "Bewitched mill", "魔法磨坊"),
    Work("apples", "metmuseum_435882.jpg", "Apples and primroses", "苹果与报春花"),
    Work("in-the-waves", "clevelandart_1978.63.jpg", "In the waves", "浪中"),
    Work("bottles", "nga_130841.jpg", "Bottles and fruit", "瓶与果"),
    Work("political-drama", "nga_52397.jpg", "Political drama", "政治剧"),
    Work("udnie", "udnie.jpg", "Udnie", "乌德妮"),
    Work("cradle", "nga_56662.jpg", "Cradle", "摇篮"),
    Work("shipwreck", "shipwreck.jpg", "Shipwreck", "沉船"),
    Work("jungle", "nga_46688.jpg", "Equatorial jungle", "赤道丛林"),
    Work("salem-cove", "nga_66431.jpg", "Salem cove", "塞勒姆海湾"),
    Work("moulin-rouge", "artic_61128.jpg", "Moulin Rouge", "红磨坊"),
    Work("rough-waves", "metmuseum_44918.jpg", "Rough waves", "波涛图"),
    Work("bathers", "nga_108617.jpg", "Bathers", "浴者"),
    Work("irises", "metmuseum_436528.jpg", "Irises", "鸢尾花"),
    Work("woman-with-hat", "woman-with-hat-matisse.jpg", "Woman with a hat", "戴帽的女人"),
)
